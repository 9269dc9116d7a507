"""A job as `GET /v1/jobs/:id` shows it. docs/jobs.md"""

from typing import Any, Literal, Optional

from openai import BaseModel
from openai.types.chat import ChatCompletion

JobStatus = Literal["stored", "queued", "running", "waiting_for_human", "answered", "dead", "cancelled"]


class JobLine(BaseModel):
    at: str
    status: JobStatus
    reason: str
    times: Optional[int] = None


class Job(BaseModel):
    id: str
    status: JobStatus
    kind: str
    model: str
    created_at: str
    updated_at: str
    attempts: int
    history: list[JobLine]
    erased: bool
    retry_after: Optional[float] = None
    due_at: Optional[str] = None
    answer: Optional[ChatCompletion] = None
    answered_by: Optional[str] = None
    route: Optional[str] = None
    error: Optional[dict[str, Any]] = None
