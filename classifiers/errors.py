"""What can go wrong, each with a message that says what to do."""


class ClassifierError(Exception):
    """Base of everything this package raises on purpose."""


class ModelError(ClassifierError):
    """A model directory cannot be used as it is: train again or restore it from a copy."""


class TableError(ClassifierError):
    """A table of examples cannot be used; the message names file, row and column."""


class TrainingError(ClassifierError):
    """The examples cannot carry a model: too few, or all of one kind."""
