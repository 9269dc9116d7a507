"""A stream that ends well only where its answer is whole, and otherwise raises."""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from openai import APIError, Stream
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from lisbon_client.errors import NotWhole
from lisbon_client.parked import parked_in

if TYPE_CHECKING:
    from openai import OpenAI


class WholeStream(Stream[ChatCompletionChunk]):
    def __init__(self, *, cast_to: Any, response: Any, client: "OpenAI", options: Any = None) -> None:
        super().__init__(cast_to=cast_to, response=response, client=client, options=options)
        self._chunks: Iterator[ChatCompletionChunk] = self._checked(super().__iter__())

    def __next__(self) -> ChatCompletionChunk:
        return next(self._chunks)

    def __iter__(self) -> Iterator[ChatCompletionChunk]:
        yield from self._chunks

    def begin(self) -> None:
        """Waits for the first chunk. What this raises, nobody has seen a word of."""
        self._chunks = chain([next(self._chunks)], self._chunks)

    def answer_with(self, completion: ChatCompletion) -> None:
        """In the place of what the connection brings, which was the news that the call is parked."""
        self._chunks = iter([_as_chunk(completion)])

    @staticmethod
    def _checked(chunks: Iterator[ChatCompletionChunk]) -> Iterator[ChatCompletionChunk]:
        unfinished: set[int] = set()
        begun = finished = False
        try:
            for chunk in chunks:
                for choice in chunk.choices or []:
                    if choice.finish_reason is None:
                        unfinished.add(choice.index)
                    else:
                        unfinished.discard(choice.index)
                        finished = True
                yield chunk
                begun = True
        except APIError as error:
            parked = parked_in(error.body)
            if parked is not None:
                raise parked from error
            if not begun:
                raise
            raise NotWhole(f"The answer broke off: {error.message}", code=error.code or "stream_cut") from error
        except ValueError as error:
            raise NotWhole("The answer broke off within an event.", code="stream_cut") from error
        # A connection that ends cleanly in the middle looks like any other end, but for the finish reason.
        if unfinished or not finished:
            raise NotWhole("The answer ended before its finish reason.", code="stream_cut")


def _as_chunk(completion: ChatCompletion) -> ChatCompletionChunk:
    chunk = completion.to_dict(mode="json")
    chunk["object"] = "chat.completion.chunk"
    choices: Any = chunk.get("choices", [])
    for choice in choices:
        choice["delta"] = choice.pop("message")
        for index, call in enumerate(choice["delta"].get("tool_calls") or []):
            call["index"] = index
    return ChatCompletionChunk.model_validate(chunk)
