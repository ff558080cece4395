"""Whether compiled code can be had, and whether it is there yet."""

import threading
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from classifiers.errors import ClassifierError

# A process that reads fewer texts than this is done before the compiled code is there.
WORTH_COMPILING = 256


@cache
def available() -> bool:
    """Whether numba is installed; does not import it."""
    return find_spec("numba") is not None


@cache
def kernels(name: str) -> ModuleType:
    """The file of compiled functions of that name; imports numba."""
    return import_module(f"classifiers.compiled_{name}")


class Gate:
    """Closed until the compiled code is there; one thread makes it, once enough texts were read.

    make: calls every compiled function once.
    """

    def __init__(self, make: Callable[[], None]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._texts = 0
        self._has_begun = False
        self._is_open = False
        self._is_over = threading.Event()

    def is_open(self, texts: int) -> bool:
        """Whether the compiled code is there; counts the texts for which it was wanted."""
        if self._is_open:
            return True
        self._texts += texts
        if self._texts >= WORTH_COMPILING:
            self._begin()
        return False

    def wait(self) -> None:
        """Begin now. Raises ClassifierError where the code cannot be made."""
        if self._is_open:
            return
        self._begin()
        self._is_over.wait()
        if not self._is_open:
            raise ClassifierError(
                "The compiled path cannot be made ready (the error is shown above): "
                "reinstall the extra `fast`, or remove numba to do without."
            )

    def _begin(self) -> None:
        with self._lock:
            has_begun, self._has_begun = self._has_begun, True
        if not has_begun:
            threading.Thread(target=self._run, name="compiling", daemon=True).start()

    def _run(self) -> None:
        try:
            self._make()
            self._is_open = True
        finally:
            self._is_over.set()
