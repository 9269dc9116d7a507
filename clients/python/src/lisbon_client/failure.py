"""Why one try at one target brought no answer, and one table that says what follows from each."""

from dataclasses import dataclass
from typing import Literal

from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError, OpenAIError

from lisbon_client.errors import NotWhole, Parked

FailureKind = Literal["unreachable", "reset", "timed_out", "server_error", "rate_limited", "unusable", "unreadable"]


@dataclass(frozen=True)
class Policy:
    retry_same: bool
    # Does it count towards opening the target's breaker?
    outage: bool


# As src/domain/failure.ts, but for two rows: a client's own network may fail for a moment, so what is unreachable is
# tried again here; and nobody here waits for a provider's Retry-After.
_POLICIES: dict[FailureKind, Policy] = {
    "unreachable": Policy(retry_same=True, outage=True),
    "reset": Policy(retry_same=True, outage=True),
    # Never again after silence: it has cost the caller enough already.
    "timed_out": Policy(retry_same=False, outage=True),
    "server_error": Policy(retry_same=True, outage=True),
    "rate_limited": Policy(retry_same=False, outage=True),
    # A key, a quota or a model: the next provider has its own.
    "unusable": Policy(retry_same=False, outage=False),
    "unreadable": Policy(retry_same=False, outage=True),
}


def policy_of(kind: FailureKind) -> Policy:
    return _POLICIES[kind]


def router_failure(error: OpenAIError) -> FailureKind | None:
    """None: this is Lisbon's own word, which is obeyed. To go round it would spend what a budget has stopped."""
    if isinstance(error, Parked):
        return None
    if isinstance(error, NotWhole):
        return "unreadable"
    if isinstance(error, APIStatusError):
        # Whatever Lisbon itself says has a request id; the edge's own pages (52x, 530) and a proxy's have none.
        by_lisbon = "x-lisbon-request-id" in error.response.headers
        return "server_error" if error.status_code >= 500 and not by_lisbon else None
    return _lost_connection(error)


def provider_failure(error: OpenAIError) -> FailureKind | None:
    """None: the request itself is at fault, and the next provider would say the same."""
    if isinstance(error, NotWhole):
        return "unreadable"
    if isinstance(error, APIStatusError):
        return _by_status(error.status_code)
    # An error event before the first chunk is the provider's own.
    return _lost_connection(error) or ("server_error" if isinstance(error, APIError) else None)


def _by_status(status: int) -> FailureKind | None:
    if status >= 500 or status == 408:
        return "server_error"
    if status == 429:
        return "rate_limited"
    return "unusable" if status in (401, 402, 403, 404) else None


def _lost_connection(error: OpenAIError) -> FailureKind | None:
    if isinstance(error, APITimeoutError):
        return "timed_out"
    if isinstance(error, APIConnectionError):
        # The exception's name, for the HTTP library is the openai package's own affair.
        return "unreachable" if type(error.__cause__).__name__ == "ConnectError" else "reset"
    return None
