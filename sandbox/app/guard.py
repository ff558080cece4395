"""Keeps everybody out but the page itself: another site in the same browser, another machine.

The server listens on loopback. A name that resolves to it (DNS rebinding) is caught by Host, a form
or script of another site by Origin and Sec-Fetch-Site. The page loads nothing from elsewhere.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for "
    "'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
SAFE = ("GET", "HEAD")


class Guard:
    """Answers nobody until `admit` has named the port on which the page is served."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._hosts: set[str] = set()
        self._origins: set[str] = set()

    def admit(self, port: int) -> None:
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        reason = self._refusal(scope["method"], Headers(scope=scope))
        if reason:
            await PlainTextResponse(reason, 403, HEADERS)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)

    def _refusal(self, method: str, headers: Headers) -> str:
        """Why the request is not answered, empty when it is."""
        if headers.get("host", "").lower() not in self._hosts:
            return "This is the sandbox of one machine; ask it by its own address."
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in self._origins:
            return "Another site has no business here."
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return "Another site has no business here."
        if method not in SAFE and origin is None:
            return "What changes something must come from the page."
        return ""
