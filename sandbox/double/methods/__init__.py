"""The Bot API methods: one function each, with the fields that Bot API 10.0 gives it."""

from sandbox.double.methods import account, chats, editing, files, groups, polling, presses, sending
from sandbox.double.methods.registry import METHODS, Method, find

__all__ = [
    "METHODS",
    "Method",
    "account",
    "chats",
    "editing",
    "files",
    "find",
    "groups",
    "polling",
    "presses",
    "sending",
]
