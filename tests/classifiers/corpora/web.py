"""A small web server on loopback, and what it serves unless told otherwise."""

import hashlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY = b"text,label\n" + b"the harvest was late,0\n" * 20
SHA256 = hashlib.sha256(BODY).hexdigest()
COMMIT = "0123456789abcdef0123456789abcdef01234567"
# Where the server answers with what; the corpus lies at /owner/name/COMMIT/folder/rows.csv.
PLACE = f"/owner/name/{COMMIT}/folder/rows.csv"


@dataclass
class Answer:
    """What the server does for one path. announced: Content-Length, None leaves it out."""

    body: bytes = BODY
    status: int = 200
    announced: int | None = len(BODY)
    headers: dict[str, str] = field(default_factory=dict)
    wait_in_seconds: float = 0.0
    pieces: int = 1


class Web:
    """A server in a thread; `answers` maps paths to answers, `asked` keeps what was requested."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                answer = web.answers.get(self.path, Answer(b"", status=404, announced=0))
                try:
                    self._send(answer)
                except OSError:
                    self.close_connection = True  # the client has had enough

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.announced is not None:
                    self.send_header("Content-Length", str(answer.announced))
                self.end_headers()
                step = -(-len(answer.body) // answer.pieces) or 1
                for start in range(0, len(answer.body), step):
                    time.sleep(answer.wait_in_seconds)
                    self.wfile.write(answer.body[start : start + step])

            def log_message(self, format: str, *args: object) -> None:
                """Silent: the test reads `asked` instead."""

        return Handler
