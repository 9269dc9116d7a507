"""One call's way: Lisbon first, and only where Lisbon cannot be reached one provider after the other."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from openai import OpenAIError

from lisbon_client.backoff import Retries, retry_delay_ms
from lisbon_client.breaker import Permit
from lisbon_client.breakers import Breakers
from lisbon_client.errors import OutOfReach
from lisbon_client.failure import FailureKind, policy_of
from lisbon_client.outside import Outside

log = logging.getLogger("lisbon_client")

T = TypeVar("T")


@dataclass(frozen=True)
class Target(Generic[T]):
    name: str
    # Gets how often it was asked before, in this call.
    ask: Callable[[int], T]
    # None: the error is an answer, and is raised.
    failure_of: Callable[[OpenAIError], FailureKind | None]


@dataclass(frozen=True)
class Answer(Generic[T]):
    value: T


@dataclass(frozen=True)
class Failure:
    # None: the breaker is open, and nobody was asked.
    kind: FailureKind | None
    error: OpenAIError | None = None


@dataclass(frozen=True)
class Failover:
    breakers: Breakers
    retries: Retries
    outside: Outside

    def ask(self, targets: Iterable[Target[T]]) -> T:
        """Targets are taken one by one, so that the later ones cost nothing while the first one answers."""
        trail: list[str] = []
        last: OpenAIError | None = None
        for target in targets:
            if trail:
                log.warning("%s; asking %s", trail[-1], target.name)
            for tried in range(self.retries.tries):
                outcome = self._ask_once(target, tried)
                if isinstance(outcome, Answer):
                    return outcome.value
                trail.append(f"{target.name}={outcome.kind or 'open'}")
                last = outcome.error or last
                if not self._wait_for_another_try(outcome.kind, tried + 1):
                    break
        raise OutOfReach(trail) from last

    def _ask_once(self, target: Target[T], tried: int) -> Answer[T] | Failure:
        permit = self.breakers.admit(target.name)
        if permit is None:
            return Failure(None)
        try:
            answer = Answer(target.ask(tried))
        except OpenAIError as error:
            kind = target.failure_of(error)
            self._settle(target.name, permit, failed=kind is not None and policy_of(kind).outage)
            if kind is None:
                raise
            return Failure(kind, error)
        except Exception:
            # It did answer; what became of the answer afterwards is its caller's affair.
            self._settle(target.name, permit, failed=False)
            raise
        self._settle(target.name, permit, failed=False)
        return answer

    def _settle(self, name: str, permit: Permit, *, failed: bool) -> None:
        was_closed = self.breakers.is_closed(name)
        self.breakers.settle(name, permit, failed=failed)
        is_closed = self.breakers.is_closed(name)
        if was_closed != is_closed:
            log.warning("%s is %s", name, "back" if is_closed else "left alone for a while")

    def _wait_for_another_try(self, kind: FailureKind | None, tries: int) -> bool:
        delay_ms = retry_delay_ms(kind, tries, self.retries, self.outside.random) if kind is not None else None
        if delay_ms is None:
            return False
        self.outside.sleep(delay_ms / 1000)
        return True
