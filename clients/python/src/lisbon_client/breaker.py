"""One target's breaker as plain arithmetic: state in, state out. No clock, no lock; `breakers.py` has those.

The rules are the Worker's own (src/breaker/circuit.ts, probe.ts), and clients/cases.json is run by both: failures in a
row open it, a success of a call that began before them proves nothing, and once its time is over a single call (the
probe) is let through, whose outcome decides.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

# Where calls are slow and errors quick, a healthy target shows many late successes between its few errors.
LATE_SUCCESSES_PER_FAILURE = 2


@dataclass(frozen=True)
class Limits:
    failures_to_open: int = 5
    open_ms: float = 30_000
    probes_to_close: int = 1
    # After this a silent probe is given up. Longer than a call may take.
    probe_lease_ms: float = 60_000


@dataclass(frozen=True)
class Permit:
    """What a call that was let through gives back with its outcome."""

    began_ms: float
    # The lease of a probe; None: an ordinary call.
    lease: int | None = None


@dataclass(frozen=True)
class Run:
    """Failures that may open the target."""

    failures: int
    first_failure_ms: float
    late_successes: int = 0

    @property
    def weight(self) -> int:
        return self.failures - self.late_successes // LATE_SUCCESSES_PER_FAILURE


@dataclass(frozen=True)
class Closed:
    run: Run | None = None
    # What began before the last closing is old news.
    closed_at_ms: float = 0
    leases: int = 0


@dataclass(frozen=True)
class Open:
    # From then on a probe may go.
    until_ms: float
    leased_until_ms: float | None = None
    probes_passed: int = 0
    # How many leases were given so far; the last one is the one that counts.
    leases: int = 0


Breaker: TypeAlias = Closed | Open


def admit(breaker: Breaker, now: float, limits: Limits) -> tuple[Breaker, Permit | None]:
    """A permit, or None where the target is not to be asked now."""
    if isinstance(breaker, Closed):
        return breaker, Permit(now)
    if now < breaker.until_ms or is_probing(breaker, now):
        return breaker, None
    lease = breaker.leases + 1
    return replace(breaker, leases=lease, leased_until_ms=now + limits.probe_lease_ms), Permit(now, lease)


def settle(breaker: Breaker, permit: Permit, failed: bool, now: float, limits: Limits) -> Breaker:
    if permit.lease is not None:
        return _probed(breaker, permit.lease, failed, now, limits)
    if isinstance(breaker, Open):
        return breaker
    return _failed(breaker, permit, now, limits) if failed else _succeeded(breaker, permit)


def is_probing(breaker: Breaker, now: float) -> bool:
    return isinstance(breaker, Open) and breaker.leased_until_ms is not None and now < breaker.leased_until_ms


def _failed(breaker: Closed, permit: Permit, now: float, limits: Limits) -> Breaker:
    if permit.began_ms < breaker.closed_at_ms:
        return breaker
    run = replace(breaker.run, failures=breaker.run.failures + 1) if breaker.run else Run(1, now)
    if run.weight < limits.failures_to_open:
        return replace(breaker, run=run)
    return Open(until_ms=now + limits.open_ms, leases=breaker.leases)


def _succeeded(breaker: Closed, permit: Permit) -> Closed:
    if breaker.run is None or permit.began_ms >= breaker.run.first_failure_ms:
        return replace(breaker, run=None)
    run = replace(breaker.run, late_successes=breaker.run.late_successes + 1)
    return replace(breaker, run=run if run.weight > 0 else None)


def _probed(breaker: Breaker, lease: int, failed: bool, now: float, limits: Limits) -> Breaker:
    # A lease that ran out and was given to another changes nothing.
    if isinstance(breaker, Closed) or breaker.leased_until_ms is None or lease != breaker.leases:
        return breaker
    if failed:
        return Open(until_ms=now + limits.open_ms, leases=breaker.leases)
    if breaker.probes_passed + 1 < limits.probes_to_close:
        # Its `until_ms` stays in the past: the next probe is due at once.
        return replace(breaker, probes_passed=breaker.probes_passed + 1, leased_until_ms=None)
    return Closed(closed_at_ms=now, leases=breaker.leases)
