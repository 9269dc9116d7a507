"""Lisbon and two providers as scripted servers, and a client between them whose time passes only when told."""

import unittest
from dataclasses import dataclass, field
from typing import Any

from openai import Timeout
from openai.types.chat import ChatCompletion

from lisbon_client import Limits, Lisbon, Outside, connect
from tests.scripted_server import ScriptedServer


@dataclass
class FakeTime:
    now_ms: float = 1_000_000
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_ms += seconds * 1000

    def outside(self) -> Outside:
        return Outside(now_ms=lambda: self.now_ms, sleep=self.sleep, random=lambda: 0.5)


class Stage(unittest.TestCase):
    def setUp(self) -> None:
        self.lisbon, self.first, self.second = self.server(), self.server(), self.server()
        self.time = FakeTime()

    def server(self) -> ScriptedServer:
        server = ScriptedServer()
        self.addCleanup(server.stop)
        return server

    def client(self, **changes: Any) -> Lisbon:
        settings: dict[str, Any] = {
            "routes": {
                "hot": [{"provider": "one", "model": "model-1", "baseUrl": "${ONE}/v1", "key": "${ONE_KEY}"}],
                "warm": [
                    {"provider": "anthropic", "model": "claude"},
                    {"provider": "two", "model": "model-2", "baseUrl": "${TWO}/v1", "headers": {"x-team": "blue"}},
                ],
            },
            "environment": {
                "ONE": self.first.url,
                "TWO": self.second.url,
                "ONE_KEY": "key-of-one",
                "ANTHROPIC_KEY": "a",
            },
            "timeout": Timeout(0.3),
            "limits": Limits(),
            "outside": self.time.outside(),
            **changes,
        }
        return connect(self.lisbon.url, "key-of-lisbon", **settings)

    def asked(self) -> tuple[int, int, int]:
        return len(self.lisbon.asked), len(self.first.asked), len(self.second.asked)


MESSAGES: Any = [{"role": "user", "content": "say: hello"}]


def ask(client: Lisbon, **more: Any) -> str | None:
    completion: ChatCompletion = client.chat.completions.create(model="auto", messages=MESSAGES, **more)
    return completion.choices[0].message.content


def words(client: Lisbon, **more: Any) -> list[str]:
    stream = client.chat.completions.create(model="auto", messages=MESSAGES, stream=True, **more)
    return [chunk.choices[0].delta.content or "" for chunk in stream]
