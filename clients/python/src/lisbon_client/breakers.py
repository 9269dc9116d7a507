"""The breakers of all targets, for the threads of one process."""

from collections.abc import Callable
from threading import Lock

from lisbon_client.breaker import Breaker, Closed, Limits, Permit, admit, settle


class Breakers:
    def __init__(self, limits: Limits, now_ms: Callable[[], float]) -> None:
        self._limits = limits
        self._now_ms = now_ms
        self._breakers: dict[str, Breaker] = {}
        self._lock = Lock()

    def admit(self, target: str) -> Permit | None:
        with self._lock:
            breaker, permit = admit(self._of(target), self._now_ms(), self._limits)
            self._breakers[target] = breaker
            return permit

    def settle(self, target: str, permit: Permit, *, failed: bool) -> None:
        with self._lock:
            self._breakers[target] = settle(self._of(target), permit, failed, self._now_ms(), self._limits)

    def is_closed(self, target: str) -> bool:
        with self._lock:
            return isinstance(self._of(target), Closed)

    def _of(self, target: str) -> Breaker:
        return self._breakers.get(target, Closed())
