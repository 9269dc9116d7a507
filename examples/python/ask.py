"""A Python service behind Lisbon, with the ordinary `openai` client.

    LISBON_URL=http://127.0.0.1:8787 LISBON_API_KEY=... python ask.py "Say hello to Lisbon."

Lisbon chooses the provider and fails over by itself. What is left for the service is the case that Lisbon itself cannot
be reached: then it may ask one provider directly, if DIRECT_API_KEY says that it has one (DIRECT_URL and DIRECT_MODEL:
OpenAI's unless they say otherwise).
"""

import os
import sys
from collections.abc import Iterator

from openai import APIConnectionError, APIError, APIStatusError, OpenAI

MODEL = os.environ.get("LISBON_MODEL", "auto")  # a kind of work in your routing map, or a model's name

lisbon = OpenAI(
    base_url=os.environ["LISBON_URL"].rstrip("/") + "/v1",
    api_key=os.environ["LISBON_API_KEY"],
    # Longer than the kind's `deadlineSeconds` (30 by default): until then Lisbon is still trying.
    timeout=45,
    # Lisbon has its own retries. This one is for the way to it, and for its 503 with `Retry-After`.
    max_retries=1,
    # 503 instead of 202 where a call is parked (docs/cold.md), so that the client raises.
    default_headers={"x-lisbon-on-cold": "error"},
)

DIRECT_KEY = os.environ.get("DIRECT_API_KEY")
direct = OpenAI(base_url=os.environ.get("DIRECT_URL"), api_key=DIRECT_KEY, timeout=45) if DIRECT_KEY else None
DIRECT_MODEL = os.environ.get("DIRECT_MODEL", "gpt-4o-mini")


def out_of_reach(error: APIError) -> bool:
    """Did this come from the way to Lisbon, and not from Lisbon?

    What Lisbon says has a request id and is obeyed: a budget's pause, a refusal, a call that it has kept for later. To
    ask a provider directly then would spend what somebody has stopped, or pay for the same answer twice.
    """
    if isinstance(error, APIStatusError):
        return error.status_code >= 500 and "x-lisbon-request-id" not in error.response.headers
    return isinstance(error, APIConnectionError)


def words(prompt: str) -> Iterator[str]:
    """The answer as it comes. Raises APIError where it is not whole: what came before is no answer then."""
    messages = [{"role": "user", "content": prompt}]
    try:
        stream = lisbon.chat.completions.create(model=MODEL, messages=messages, stream=True)
    except APIError as error:
        if direct is None or not out_of_reach(error):
            raise
        print("Lisbon is out of reach; asking the provider directly.", file=sys.stderr)
        stream = direct.chat.completions.create(model=DIRECT_MODEL, messages=messages, stream=True)
    # Once words have come nothing is asked again: the reader has seen them.
    for chunk in stream:
        if chunk.choices:
            yield chunk.choices[0].delta.content or ""


def main() -> int:
    try:
        for word in words(" ".join(sys.argv[1:]) or "Say hello to Lisbon."):
            print(word, end="", flush=True)
        print()
        return 0
    except APIError as error:
        # `code` is stable: docs/errors.md.
        print(f"\nnot a whole answer: {error.code or type(error).__name__}: {error.message}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
