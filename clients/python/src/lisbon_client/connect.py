import os
from os import PathLike

from openai import Timeout

from lisbon_client.backoff import Retries
from lisbon_client.breaker import Limits
from lisbon_client.breakers import Breakers
from lisbon_client.client import Lisbon, Settings
from lisbon_client.direct import Direct, read_map
from lisbon_client.failover import Failover
from lisbon_client.map_entry import RoutingMap
from lisbon_client.outside import Outside
from lisbon_client.resolve_route import Environment


def connect(
    base_url: str,
    key: str,
    *,
    routes: str | PathLike[str] | RoutingMap | None = None,
    environment: Environment = os.environ,
    follow_jobs: bool = False,
    job_timeout: float = 600,
    timeout: float | Timeout = Timeout(45, connect=5),
    limits: Limits = Limits(),
    retries: Retries = Retries(),
    outside: Outside = Outside(),
) -> Lisbon:
    """The `openai` client of the Lisbon at `base_url`.

    `routes`: the routing map, or its file. Its providers are asked directly while Lisbon cannot be reached; without it
    there is no way round. `follow_jobs`: a parked call is waited for, up to `job_timeout` seconds, instead of raising
    `Parked`. `timeout`: longer than the kind's `deadlineSeconds` (30 by default): until then Lisbon is still trying.
    """
    settings = Settings(
        failover=Failover(Breakers(limits, outside.now_ms), retries, outside),
        direct=Direct(read_map(routes), environment, timeout),
        follow_jobs=follow_jobs,
        job_timeout=job_timeout,
    )
    return Lisbon(settings=settings, base_url=_with_version(base_url), api_key=key, timeout=timeout)


def _with_version(base_url: str) -> str:
    plain = base_url.rstrip("/")
    return plain if plain.endswith("/v1") else f"{plain}/v1"
