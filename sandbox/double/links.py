"""Addresses behind links, as Telegram keeps them."""

import re
from urllib.parse import urlsplit


def checked_link(url: str) -> str:
    """The link as Telegram keeps it, or "" where it is none (then the text stays plain)."""
    url = url.strip()
    if re.match(r"(?i)(tg|ton|tonsite)://\S+$", url):
        return url
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not re.fullmatch(r"[^\s/]+\.\w+", host):
        return ""
    return url if parts.path or parts.query or parts.fragment else f"{url}/"
