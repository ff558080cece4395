"""How well a model withstands spelling tricks: the tricks, and the measuring with them.

Kept apart from the normaliser on purpose: the tables here come from published lists and share
nothing with those that undo the tricks, so that a gap in one is not hidden by the same gap in the
other.
"""

from classifiers.evasion.kinds import Kind
from classifiers.evasion.measuring import Outcome, Report, measure
from classifiers.evasion.perturbing import perturb, perturb_all

__all__ = ["Kind", "Outcome", "Report", "measure", "perturb", "perturb_all"]
