"""Public corpora: what there is, under which licence, and how to get an unchanged copy.

No text of any corpus is shipped. What a model trained on one may be used for is decided by
`may_ship`.
"""

from classifiers.corpora.catalogue import find, load_catalogue
from classifiers.corpora.corpus import Corpus
from classifiers.corpora.licence import Licence, Shipping, may_ship

__all__ = ["Corpus", "Licence", "Shipping", "find", "load_catalogue", "may_ship"]
