"""The fields of one request: text values by name, read with a type, and uploaded files."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.double import errors
from sandbox.double.errors import Refusal


@dataclass(frozen=True)
class Upload:
    """A file that came with the request."""

    name: str | None
    mime_type: str | None
    content: bytes


class Fields:
    """What one call brought. Values are text as on the wire; objects are JSON text."""

    def __init__(
        self, values: Mapping[str, str], uploads: Mapping[str, Upload] | None = None
    ) -> None:
        self.values = dict(values)
        self.uploads = dict(uploads or {})

    @classmethod
    def of_object(cls, found: Mapping[str, Any], uploads: Mapping[str, Upload]) -> "Fields":
        """The fields of a JSON object inside a request, as if each had come by itself."""
        values = {k: v if isinstance(v, str) else json.dumps(v) for k, v in found.items()}
        named = {value.removeprefix("attach://") for value in values.values()}
        return cls(values, {name: upload for name, upload in uploads.items() if name in named})

    def refuse_unknown(self, method: str, known: Iterable[str]) -> None:
        """Raise Refusal for the first field that the method has not.

        An upload may also be named in `attach://NAME` of a known field.
        """
        accepted = set(known)
        named = " ".join(self.values.values())
        for field in (*self.values, *self.uploads):
            is_attached = field in self.uploads and f"attach://{field}" in named
            if field not in accepted and not is_attached:
                raise Refusal(errors.UNKNOWN_FIELD, field=field, method=method)

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def has(self, name: str) -> bool:
        return name in self.values

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number, `default` where the field is missing; anything else is refused."""
        raw = self.values.get(name, "")
        if raw == "":
            return default
        try:
            return int(raw)
        except ValueError:
            raise Refusal(errors.NOT_AN_INTEGER, field=name, value=raw[:40]) from None

    def boolean(self, name: str) -> bool:
        raw = self.values.get(name, "").lower()
        if raw not in ("", "true", "false", "1", "0"):
            raise Refusal(errors.NOT_A_BOOLEAN, field=name, value=raw[:40])
        return raw in ("true", "1")

    def json(self, name: str) -> Any:
        """The parsed value, None where the field is missing or empty."""
        raw = self.values.get(name, "")
        if not raw:
            return None
        try:
            return json.loads(raw)
        except ValueError:
            raise Refusal(errors.NOT_JSON, field=name) from None

    def upload(self, name: str) -> Upload | None:
        """The file of a field, sent under its own name or by attach://."""
        raw = self.values.get(name, "")
        if raw.startswith("attach://"):
            return self.uploads.get(raw.removeprefix("attach://"))
        return self.uploads.get(name)
