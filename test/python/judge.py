"""Asks with Python's official clients and says what their callers see.

One case per line comes in on stdin, one line per case goes out on stdout, in any order: `Case` and `Seen` in
test/support/judges.ts. Ends when stdin does.
"""

import asyncio
import json
import sys
from typing import Any

import anthropic
import openai

AT_ONCE = 16

Json = dict[str, Any]
clients: dict[tuple[str, str, str], Any] = {}


async def main() -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=16 * 1024 * 1024)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    running = asyncio.Semaphore(AT_ONCE)
    tasks: set[asyncio.Task[None]] = set()
    while line := await lines.readline():
        await running.acquire()
        task = asyncio.create_task(answer(json.loads(line)))
        tasks.add(task)
        task.add_done_callback(lambda done: (tasks.discard(done), running.release()))
    await asyncio.gather(*tasks)


async def answer(case: Json) -> None:
    seen: Json = {"text": "", "finish": None, "model": None, "calls": [], "done": [], "error": None, "headers": {}}
    try:
        await ASKS[case["dialect"], case["way"]](case, seen)
    except Exception as error:  # noqa: BLE001, whatever a caller may get is what is asked for
        seen["error"] = error_seen(error)
    sys.stdout.write(json.dumps({"id": case["id"], "seen": seen}) + "\n")
    sys.stdout.flush()


def error_seen(error: Exception) -> Json:
    typed = isinstance(error, (openai.APIError, anthropic.APIError))
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else {}
    return {
        "name": type(error).__name__,
        "typed": typed and not isinstance(error, (openai.APIConnectionError, anthropic.APIConnectionError)),
        "status": getattr(error, "status_code", None),
        "type": inner.get("type") if isinstance(inner, dict) else None,
        "code": inner.get("code") if isinstance(inner, dict) else None,
        "message": str(error),
    }


def client_of(case: Json) -> Any:
    dialect, url, key = case["dialect"], case["baseUrl"], case["apiKey"]
    if (dialect, url, key) not in clients:
        clients[dialect, url, key] = (
            openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0, timeout=30)
            if dialect == "openai"
            else anthropic.AsyncAnthropic(base_url=url, api_key=key, max_retries=0, timeout=30)
        )
    return clients[dialect, url, key]


async def openai_stream(case: Json, seen: Json) -> None:
    raw = await client_of(case).chat.completions.with_raw_response.create(**case["body"], stream=True)
    seen["headers"] = lisbon_headers(raw.headers)
    calls: dict[int, Json] = {}
    async for chunk in raw.parse():
        seen["model"] = seen["model"] or chunk.model
        # As callers write it: without asking whether the members are there.
        for choice in chunk.choices:
            seen["text"] += choice.delta.content or ""
            seen["finish"] = choice.finish_reason or seen["finish"]
            for piece in choice.delta.tool_calls or []:
                call = calls.setdefault(piece.index, {"name": "", "arguments": ""})
                if piece.function is not None:
                    call["name"] += piece.function.name or ""
                    call["arguments"] += piece.function.arguments or ""
                seen["calls"] = list(calls.values())


async def openai_accumulate(case: Json, seen: Json) -> None:
    async with client_of(case).chat.completions.stream(**case["body"]) as stream:
        async for event in stream:
            if event.type == "content.delta":
                seen["text"] += event.delta
            elif event.type == "content.done":
                seen["done"].append(event.content)
            elif event.type == "tool_calls.function.arguments.done":
                seen["done"].append(f"{event.name}({event.arguments})")
        openai_completion(await stream.get_final_completion(), seen)


async def openai_whole(case: Json, seen: Json) -> None:
    raw = await client_of(case).chat.completions.with_raw_response.create(**case["body"])
    seen["headers"] = lisbon_headers(raw.headers)
    openai_completion(raw.parse(), seen)


def openai_completion(completion: Any, seen: Json) -> None:
    choice = completion.choices[0]
    seen["text"] = choice.message.content or ""
    seen["finish"] = choice.finish_reason
    seen["model"] = completion.model
    seen["calls"] = [
        {"name": call.function.name, "arguments": call.function.arguments} for call in choice.message.tool_calls or []
    ]


async def anthropic_stream(case: Json, seen: Json) -> None:
    raw = await client_of(case).messages.with_raw_response.create(**case["body"], stream=True)
    seen["headers"] = lisbon_headers(raw.headers)
    calls: dict[int, Json] = {}
    async for event in await parsed(raw):
        if event.type == "message_start":
            seen["model"] = event.message.model
        elif event.type == "content_block_start":
            if event.content_block.type == "text":
                seen["text"] += event.content_block.text
            elif event.content_block.type == "tool_use":
                calls[event.index] = {"name": event.content_block.name, "arguments": ""}
        elif event.type == "content_block_delta":
            if event.delta.type == "text_delta":
                seen["text"] += event.delta.text
            elif event.delta.type == "input_json_delta":
                calls[event.index]["arguments"] += event.delta.partial_json
        elif event.type == "message_delta":
            seen["finish"] = event.delta.stop_reason or seen["finish"]
        seen["calls"] = list(calls.values())


async def anthropic_accumulate(case: Json, seen: Json) -> None:
    async with client_of(case).messages.stream(**case["body"]) as stream:
        async for event in stream:
            if event.type == "text":
                seen["text"] += event.text
            elif event.type == "content_block_stop":
                seen["done"].extend(said_by(event.content_block))
        anthropic_message(await stream.get_final_message(), seen)


async def anthropic_whole(case: Json, seen: Json) -> None:
    raw = await client_of(case).messages.with_raw_response.create(**case["body"])
    seen["headers"] = lisbon_headers(raw.headers)
    anthropic_message(await parsed(raw), seen)


def anthropic_message(message: Any, seen: Json) -> None:
    seen["text"] = "".join(block.text for block in message.content if block.type == "text")
    seen["finish"] = message.stop_reason
    seen["model"] = message.model
    seen["calls"] = [
        {"name": block.name, "arguments": json.dumps(block.input)} for block in message.content if block.type == "tool_use"
    ]


def said_by(block: Any) -> list[str]:
    if block.type == "text":
        return [block.text]
    return [f"{block.name}({json.dumps(block.input, ensure_ascii=False)})"] if block.type == "tool_use" else []


async def parsed(raw: Any) -> Any:
    """`parse` is a coroutine in some versions."""
    reply = raw.parse()
    return await reply if asyncio.iscoroutine(reply) else reply


def lisbon_headers(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items() if name.lower().startswith("x-lisbon-")}


ASKS = {
    ("openai", "stream"): openai_stream,
    ("openai", "accumulate"): openai_accumulate,
    ("openai", "whole"): openai_whole,
    ("anthropic", "stream"): anthropic_stream,
    ("anthropic", "accumulate"): anthropic_accumulate,
    ("anthropic", "whole"): anthropic_whole,
}

asyncio.run(main())
