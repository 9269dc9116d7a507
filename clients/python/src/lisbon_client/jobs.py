"""The jobs of parked calls: how one stands, its answer once there is one, its end."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from openai import APIConnectionError, InternalServerError

from lisbon_client.errors import JobEnded, Parked
from lisbon_client.job import Job
from lisbon_client.outside import Outside

if TYPE_CHECKING:
    from openai import OpenAI

# Its own estimate may be minutes, and a person or a resume may be quicker; each question wakes the job's object.
_LONGEST_PAUSE_S = 5.0
_SHORTEST_PAUSE_S = 0.5


class Jobs:
    def __init__(self, client: "OpenAI", outside: Outside) -> None:
        self._client = client
        self._outside = outside

    def get(self, job_id: str) -> Job:
        return self._client.get(_path(job_id), cast_to=Job)

    def cancel(self, job_id: str) -> Job:
        """Ends it and erases prompt and answer, whatever state it is in."""
        return self._client.delete(_path(job_id), cast_to=Job)

    def wait(self, job_id: str, timeout: float = 600) -> Job:
        """The answered job. Raises JobEnded where it ends without an answer, and Parked where it still waits."""
        until_ms = self._outside.now_ms() + timeout * 1000
        while True:
            job = self._unless_out_of_reach(lambda: self.get(job_id))
            if job is not None and job.answer is not None:
                return job
            if job is not None and job.status in ("answered", "dead", "cancelled"):
                raise JobEnded(job)
            estimate = (job.retry_after if job is not None else None) or _SHORTEST_PAUSE_S
            pause = min(max(estimate, _SHORTEST_PAUSE_S), _LONGEST_PAUSE_S)
            if self._outside.now_ms() + pause * 1000 > until_ms:
                raise Parked(job_id, retry_after=job.retry_after if job is not None else None)
            self._outside.sleep(pause)

    def _unless_out_of_reach(self, ask: Callable[[], Job]) -> Job | None:
        """The job goes on while nobody can be asked about it."""
        try:
            return ask()
        except (APIConnectionError, InternalServerError):
            return None


def _path(job_id: str) -> str:
    return f"/jobs/{quote(job_id, safe='')}"
