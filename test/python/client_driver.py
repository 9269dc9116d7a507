"""A service with lisbon_client that lives as long as its stdin: a line for each call comes in, a line of what was seen
goes out. test/support/python-client.ts"""

import json
import logging
import os
import sys
from typing import Any

import lisbon_client
from openai import OpenAIError

Json = dict[str, Any]

log: list[str] = []


class Keeping(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        log.append(record.getMessage())


def main() -> None:
    logging.getLogger("lisbon_client").addHandler(Keeping())
    settings = json.loads(sys.argv[1])
    limits = lisbon_client.Limits(**settings.pop("limits", {}))
    client = lisbon_client.connect(os.environ["LISBON_URL"], os.environ["LISBON_API_KEY"], limits=limits, **settings)
    for line in sys.stdin:
        seen: Json = {"text": "", "error": None, "job": None}
        try:
            answer(client, json.loads(line), seen)
        except OpenAIError as error:
            code, job_id = getattr(error, "code", None), getattr(error, "job_id", None)
            seen["error"] = {"name": type(error).__name__, "code": code, "job": job_id}
        print(json.dumps({**seen, "log": log}), flush=True)
        log.clear()


def answer(client: lisbon_client.Lisbon, call: Json, seen: Json) -> None:
    model, messages = call.get("model", "auto"), [{"role": "user", "content": call.get("prompt", "")}]
    match call["do"]:
        case "ask":
            completion = client.chat.completions.create(model=model, messages=messages)
            seen["text"] = completion.choices[0].message.content
        case "stream":
            for chunk in client.chat.completions.create(model=model, messages=messages, stream=True):
                for choice in chunk.choices:
                    seen["text"] += choice.delta.content or ""
        case "get":
            seen["job"] = client.jobs.get(call["job"]).status
        case "wait":
            job = client.jobs.wait(call["job"], timeout=30)
            seen["job"], seen["text"] = job.status, job.answer.choices[0].message.content if job.answer else ""
        case "cancel":
            seen["job"] = client.jobs.cancel(call["job"]).status


main()
