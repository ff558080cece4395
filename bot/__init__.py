"""Saring: from a public channel's post to the regulator's digest, with a person in between."""

__version__ = "0.1.0"
