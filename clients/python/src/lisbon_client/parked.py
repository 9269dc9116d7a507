"""A parked call, as it looks in a body: of a 202, of a 503, or of a stream's error event."""

from collections.abc import Mapping

from lisbon_client.errors import Parked


def parked_in(body: object) -> Parked | None:
    """`body`: the 202's own, or what stands in its `error`."""
    if not isinstance(body, Mapping) or "queued" not in (body.get("status"), body.get("code")):
        return None
    job = body.get("job")
    job_id = job.get("id") if isinstance(job, Mapping) else None
    if not isinstance(job_id, str):
        return None
    retry_after = body.get("retry_after")
    notice = body.get("notice", body.get("message"))
    return Parked(
        job_id,
        retry_after=retry_after if isinstance(retry_after, (int, float)) else None,
        notice=notice if isinstance(notice, str) else "",
    )
