"""A server on this computer that publishes files and misbehaves as told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Exports:
    """Files by name; `faults` are used up one a request: a status, or what to do with the body."""

    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[int | str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=lambda: {"ETag": '"v1"'})
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def asked(self, header: str) -> list[str | None]:
        return [headers.get(header) for _, headers in self.requests]

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


class _Handler(BaseHTTPRequestHandler):
    exports: Exports

    def do_GET(self) -> None:
        exports = self.exports
        exports.requests.append((self.path, dict(self.headers)))
        fault = exports.faults.pop(0) if exports.faults else ""
        content = exports.files.get(self.path.rpartition("/")[2])
        if isinstance(fault, int):
            self.send_response(fault)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif fault == "redirect":
            self.send_response(302)
            self.send_header("Location", f"{exports.url}/moved{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif content is None:
            self.send_error(404)
        else:
            self._send(content, str(fault))

    def _send(self, content: bytes, fault: str) -> None:
        start = self._start(fault)
        body = content[start:]
        if fault == "damage":
            middle = len(body) // 2
            body = body[:middle] + bytes(100) + body[middle + 100 :]
        if fault == "short part":
            body = body[: len(body) // 2]
        self.send_response(206 if start else 200)
        for name, value in self.exports.headers.items():
            self.send_header(name, value)
        if fault != "no length":
            self.send_header("Content-Length", str(len(body)))
        if start:
            first = start + 1 if fault == "wrong part" else start
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.send_header("Connection", "close")
        self.end_headers()
        cut = fault in ("truncate", "stall")
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.wfile.flush()
        if fault == "stall":
            self.exports.closing.wait(20)
        self.close_connection = True

    def _start(self, fault: str) -> int:
        wanted = self.headers.get("Range")
        validators = self.exports.headers.values()
        if not wanted or fault == "ignore range" or self.headers.get("If-Range") not in validators:
            return 0
        return int(wanted.removeprefix("bytes=").removesuffix("-"))

    def log_message(self, *_: object) -> None:
        """Say nothing on standard error."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is expected."""


@contextmanager
def publishing(files: dict[str, bytes]) -> Iterator[Exports]:
    exports = Exports(files)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"exports": exports}))
    exports.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield exports
    finally:
        exports.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
