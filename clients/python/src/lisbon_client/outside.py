"""Time and chance, as one value: tests bring their own."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


def _now_ms() -> float:
    return time.monotonic() * 1000


@dataclass(frozen=True)
class Outside:
    now_ms: Callable[[], float] = _now_ms
    # In seconds.
    sleep: Callable[[float], None] = time.sleep
    # From 0 to 1.
    random: Callable[[], float] = random.random
