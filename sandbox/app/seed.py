"""Trains the model of the shipped examples into a folder: `python -m sandbox.app.seed DIR`.

A process of its own, because it takes as long as everything else of a first start together, and
there is a second core more often than not.
"""

import sys
from pathlib import Path

from classifiers import seed_model

if __name__ == "__main__":
    seed_model(Path(sys.argv[1]))
