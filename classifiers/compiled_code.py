"""What makes a function compiled code."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """The function as machine code, made on its first call.

    It runs without the interpreter's lock, so that an event loop in another thread keeps answering.
    It is kept on disk, except where neither the package's nor the user's folder can be written.
    """
    try:
        return cast(_Function, njit(nogil=True, cache=True)(function))
    except RuntimeError:  # no place to keep it
        return cast(_Function, njit(nogil=True)(function))
