"""A server on a real socket that answers as a test says, one script after the other, and keeps what it was asked."""

import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
Script = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    server: "ScriptedServer"
    body: Json

    def do_POST(self) -> None:
        self._serve()

    def do_GET(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _serve(self) -> None:
        read = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.body = json.loads(read) if read else {}
        self.server.asked.append(self)
        self.server.next_script()(self)

    def send(self, status: int, body: str, kind: str, headers: dict[str, str] | None = None) -> None:
        # Without a length: what a connection that ends early looks like is for the script to say.
        self.send_response(status)
        self.send_header("content-type", kind)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body.encode())
        self.wfile.flush()


class ScriptedServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Handler] = []
        self.scripts: list[Script] = []
        self.otherwise: Script = says("hello")
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def next_script(self) -> Script:
        return self.scripts.pop(0) if self.scripts else self.otherwise

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of many tests."""

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


BY_LISBON = {"x-lisbon-request-id": "req_1"}


def says(text: str, *, headers: dict[str, str] | None = None) -> Script:
    """The answer, as a stream where one is asked for."""

    def script(handler: Handler) -> None:
        if handler.body.get("stream"):
            events = [*chunks(text), chunk(finish_reason="stop")]
            handler.send(200, stream(events) + "data: [DONE]\n\n", "text/event-stream", headers)
        else:
            handler.send(200, json.dumps(completion(text)), "application/json", headers)

    return script


def refuses(status: int, error: Json, headers: dict[str, str] | None = None) -> Script:
    return lambda handler: handler.send(status, json.dumps({"error": error}), "application/json", headers)


def page(status: int) -> Script:
    """What an edge or a proxy shows in the place of who stands behind it."""
    return lambda handler: handler.send(status, "<h1>Out of order</h1>", "text/html")


def answers(status: int, body: Json, headers: dict[str, str] | None = None) -> Script:
    return lambda handler: handler.send(status, json.dumps(body), "application/json", headers)


def sends(body: str, status: int = 200, then: Script | None = None) -> Script:
    """Bytes of a stream, and then the connection ends cleanly, or as `then` has it."""

    def script(handler: Handler) -> None:
        handler.send(status, body, "text/event-stream")
        if then is not None:
            then(handler)

    return script


def resets(handler: Handler) -> None:
    # Lingering for no time makes the kernel send a reset.
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    handler.connection.close()


def hangs(handler: Handler) -> None:
    """Until the client gives up."""
    handler.connection.recv(1)


def completion(text: str) -> Json:
    message = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "model",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
    }


def chunk(content: str | None = None, *, finish_reason: str | None = None) -> Json:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish_reason}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "model", "choices": [choice]}


def chunks(text: str) -> list[Json]:
    return [chunk(letter) for letter in text]


def stream(events: list[Json]) -> str:
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events)


def job(status: str, *, answer: Json | None = None, retry_after: float | None = 1) -> Json:
    return {
        "id": "job_1",
        "object": "job",
        "status": status,
        "kind": "auto",
        "model": "auto",
        "created_at": "2026-11-21T01:00:00.000Z",
        "updated_at": "2026-11-21T01:00:00.000Z",
        "attempts": 0,
        "retry_after": retry_after,
        "history": [{"at": "2026-11-21T01:00:00.000Z", "status": "stored", "reason": "parked"}],
        "answer": answer,
        "erased": False,
    }


QUEUED: Json = {
    "status": "queued",
    "job": {"id": "job_1", "url": "https://lisbon.example.com/v1/jobs/job_1"},
    "retry_after": 5,
    "notice": "It will be processed shortly.",
}
QUEUED_ERROR: Json = {
    "message": "It will be processed shortly.",
    "type": "upstream_error",
    "param": None,
    "code": "queued",
    "job": {"id": "job_1"},
    "retry_after": 5,
}
