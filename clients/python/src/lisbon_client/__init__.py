"""The ordinary openai client behind Lisbon, with a way round it while Lisbon itself cannot be reached.

`connect` is where to start; `client.py` tells the way of a call.
"""

from lisbon_client.backoff import Retries
from lisbon_client.breaker import Limits
from lisbon_client.client import Lisbon
from lisbon_client.connect import connect
from lisbon_client.errors import JobEnded, LisbonError, NotWhole, OutOfReach, Parked
from lisbon_client.job import Job
from lisbon_client.jobs import Jobs
from lisbon_client.outside import Outside

__all__ = [
    "Job",
    "JobEnded",
    "Jobs",
    "Limits",
    "Lisbon",
    "LisbonError",
    "NotWhole",
    "OutOfReach",
    "Outside",
    "Parked",
    "Retries",
    "connect",
]
