"""The ordinary client with two things more: its chat completions survive Lisbon's absence, and it knows jobs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, TypeVar

from openai import APIStatusError, OpenAI
from openai.types.chat import ChatCompletionChunk

from lisbon_client.direct import Direct
from lisbon_client.errors import NotWhole, Parked
from lisbon_client.failover import Failover, Target
from lisbon_client.failure import provider_failure, router_failure
from lisbon_client.jobs import Jobs
from lisbon_client.parked import parked_in
from lisbon_client.whole_stream import WholeStream

if TYPE_CHECKING:
    from openai._models import FinalRequestOptions

_CHAT = "/chat/completions"
# The openai package's own marks: of `with_raw_response`, and of a repeated call. By the second Lisbon knows that it may
# have parked this one already.
_RAW = "x-stainless-raw-response"
_RETRY_COUNT = "x-stainless-retry-count"

Client = TypeVar("Client", bound="Lisbon")


@dataclass(frozen=True)
class Settings:
    failover: Failover
    direct: Direct
    follow_jobs: bool
    job_timeout: float


@dataclass(frozen=True)
class _Call:
    cast_to: Any
    options: "FinalRequestOptions"
    stream: bool
    # Asked for `with_raw_response`.
    raw: bool
    # What the package does with an answer, such as parsing what its content holds.
    finish: Callable[[Any], Any]


@dataclass(frozen=True)
class _ParkedCall:
    parked: Parked
    response: Any = None


class Lisbon(OpenAI):
    def __init__(self, *, settings: Settings, **options: Any) -> None:
        super().__init__(**options)
        self._settings = settings

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs(self, self._settings.failover.outside)

    def copy(self: Client, **changes: Any) -> Client:
        return super().copy(**changes, _extra_kwargs={"settings": self._settings})

    with_options = copy

    def request(
        self, cast_to: Any, options: "FinalRequestOptions", *, stream: bool = False, stream_cls: Any = None
    ) -> Any:
        """What every call of the package comes to."""
        if options.url != _CHAT or options.method.lower() != "post":
            return super().request(cast_to, options, stream=stream, stream_cls=stream_cls)
        call = _call_of(cast_to, options, stream)
        answer = self._settings.failover.ask(self._targets(call))
        if not isinstance(answer, _ParkedCall):
            return answer
        if not self._settings.follow_jobs or call.raw:
            raise answer.parked
        return self._followed(answer, call)

    def _targets(self, call: _Call) -> Iterator[Target[Any]]:
        yield Target("lisbon", partial(self._ask_lisbon, call), router_failure)
        for route in self._settings.direct.candidates(call.options):
            yield Target(route.id, partial(self._ask_directly, call, route), provider_failure)

    def _ask_lisbon(self, call: _Call, tried: int) -> Any:
        headers = {**_headers_of(call.options), _RETRY_COUNT: str(tried)}
        try:
            answer = _asked(self, call, call.options.model_copy(update={"headers": headers}))
        except APIStatusError as error:
            parked = parked_in(error.body)
            if parked is None:
                raise
            return _ParkedCall(parked, error.response)
        except Parked as parked:
            return _ParkedCall(parked)
        try:
            return _begun(answer)
        except Parked as parked:
            return _ParkedCall(parked, answer.response)

    def _ask_directly(self, call: _Call, route: Any, _tried: int) -> Any:
        direct = self._settings.direct
        return _begun(_asked(direct.client_for(route), call, direct.options_for(route, call.options)))

    def _followed(self, call_parked: _ParkedCall, call: _Call) -> Any:
        completion = self.jobs.wait(call_parked.parked.job_id, self._settings.job_timeout).answer
        if not call.stream or completion is None:
            return call.finish(completion)
        stream = WholeStream(cast_to=ChatCompletionChunk, response=call_parked.response, client=self)
        stream.answer_with(completion)
        return stream


def _call_of(cast_to: Any, options: "FinalRequestOptions", stream: bool) -> _Call:
    finish: Callable[[Any], Any] = options.post_parser if callable(options.post_parser) else _as_it_is
    # The tries are counted here, not by the package.
    changes = {"post_parser": lambda answer: finish(_whole(answer)), "max_retries": 0}
    raw = any(name.lower() == _RAW for name in _headers_of(options))
    return _Call(cast_to, options.model_copy(update=changes), stream, raw, finish)


def _asked(client: OpenAI, call: _Call, options: "FinalRequestOptions") -> Any:
    stream_cls = WholeStream if call.stream else None
    # The package's own `request`, also where the client is Lisbon's.
    ask: Any = OpenAI.request
    try:
        return ask(client, call.cast_to, options, stream=call.stream, stream_cls=stream_cls)
    except JSONDecodeError as error:
        raise NotWhole("What came is no whole JSON.", code="unreadable") from error


def _begun(answer: Any) -> Any:
    if isinstance(answer, WholeStream):
        answer.begin()
    return answer


def _whole(answer: Any) -> Any:
    """A 202 and a proxy's page are taken for completions by the package."""
    if isinstance(answer, WholeStream):
        return answer
    parked = parked_in(getattr(answer, "model_extra", None))
    if parked is not None:
        raise parked
    if not getattr(answer, "choices", None):
        raise NotWhole("What came is no completion.", code="unreadable")
    return answer


def _as_it_is(answer: Any) -> Any:
    return answer


def _headers_of(options: "FinalRequestOptions") -> dict[str, Any]:
    return dict(options.headers) if isinstance(options.headers, Mapping) else {}
