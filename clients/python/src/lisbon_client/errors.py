"""What this package raises beside the openai package's own errors. All are OpenAIError."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from openai import OpenAIError

if TYPE_CHECKING:
    from lisbon_client.job import Job


class LisbonError(OpenAIError):
    pass


class Parked(LisbonError):
    """Nobody could answer: Lisbon keeps the call as a job and goes on with it. docs/cold.md"""

    def __init__(self, job_id: str, *, retry_after: float | None = None, notice: str = "") -> None:
        super().__init__(f"The call is parked as {job_id}. {notice}".rstrip())
        self.job_id = job_id
        # In seconds: when it is worth asking how it stands.
        self.retry_after = retry_after
        self.notice = notice


class JobEnded(LisbonError):
    """The job ended without an answer: dead, cancelled or erased."""

    def __init__(self, job: "Job") -> None:
        super().__init__(f"The job {job.id} is {job.status} and has no answer.")
        self.job = job


class NotWhole(LisbonError):
    """What came is no whole answer: a stream that broke off, or something that is no completion at all."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        # As in docs/errors.md, such as `stream_cut`.
        self.code = code


class OutOfReach(LisbonError):
    """Neither Lisbon nor a provider could be asked."""

    def __init__(self, trail: Sequence[str]) -> None:
        super().__init__("Neither Lisbon nor a provider could be reached: " + ", ".join(trail))
        # One entry for each try, or for the reason why there was none, such as `lisbon=reset`.
        self.trail = tuple(trail)
