"""What can go wrong with a corpus, each with a message that says what to do."""

from classifiers.errors import ClassifierError


class CorpusError(ClassifierError):
    """Base of everything that is raised about corpora."""


class CatalogueError(CorpusError):
    """The catalogue contradicts itself or cannot be read; the message names the entry."""


class FetchError(CorpusError):
    """A file could not be had; nothing was left behind, and it may be tried again."""


class WrongChecksumError(FetchError):
    """The bytes are not those of the catalogue; they were deleted."""


class LicenceError(CorpusError):
    """A model must not learn from these rows as things stand; the message says what would help."""
