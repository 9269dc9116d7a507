"""Whether the same target is asked again in a call, and after how long. Plain arithmetic."""

from collections.abc import Callable
from dataclasses import dataclass

from lisbon_client.failure import FailureKind, policy_of


@dataclass(frozen=True)
class Retries:
    # At most so often is one target asked in one call.
    tries: int = 3
    first_ms: float = 200
    max_ms: float = 2_000


def retry_delay_ms(kind: FailureKind, tries: int, retries: Retries, random: Callable[[], float]) -> float | None:
    """`tries`: how often it was asked so far. None: it is not asked again."""
    if tries >= retries.tries or not policy_of(kind).retry_same:
        return None
    return backoff_ms(tries - 1, retries, random)


def backoff_ms(retry: int, retries: Retries, random: Callable[[], float]) -> float:
    """Full jitter. `retry` counts from 0."""
    # Beyond 2 ** 10 any first wait is over any longest one, and a float must not overflow.
    return random() * min(retries.max_ms, retries.first_ms * 2.0 ** min(retry, 10))
