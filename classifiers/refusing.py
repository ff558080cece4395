"""Input that a command cannot use: exit code 2 and one sentence that says where and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from classifiers.errors import ClassifierError


class Refused(click.ClickException):
    """What cannot be done; the message says what can."""

    exit_code = 2


@contextmanager
def refusals() -> Iterator[None]:
    """Whatever the package raises on purpose inside ends the command."""
    try:
        yield
    except ClassifierError as error:
        raise Refused(str(error)) from error
