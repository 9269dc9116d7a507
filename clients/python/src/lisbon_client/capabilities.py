"""What a request needs that the map says a route cannot do (src/providers/capabilities.ts)."""

from collections.abc import Mapping
from typing import Any

from lisbon_client.map_entry import Entry

Request = Mapping[str, Any]


def what_cannot(request: Request, entry: Entry) -> str | None:
    """The capability that is missing; None: the route can do it all."""
    for capability, can in entry.get("capabilities", {}).items():
        if can is False and _needs(request, capability):
            return capability
    untested = entry.get("trusted") is False
    if untested and (_needs(request, "tools") or _needs(request, "json_schema")):
        return "trusted"
    return None


def _needs(request: Request, capability: str) -> bool:
    messages: list[Mapping[str, Any]] = [each for each in request.get("messages") or [] if isinstance(each, Mapping)]
    match capability:
        case "tools":
            return bool(request.get("tools")) or any(message.get("role") == "tool" for message in messages)
        case "parallel_tools":
            return request.get("parallel_tool_calls") is True or any(map(_has_several_calls, messages))
        case "images":
            return any(_is_image(part) for message in messages for part in _parts(message))
        case "json_object" | "json_schema":
            response_format = request.get("response_format")
            return isinstance(response_format, Mapping) and response_format.get("type") == capability
        case "seed" | "stop" | "reasoning_effort":
            return request.get(capability) is not None
        case "streaming":
            return request.get("stream") is True
        case _:
            return False


def _parts(message: Mapping[str, Any]) -> list[Any]:
    content = message.get("content")
    return content if isinstance(content, list) else []


def _is_image(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("type") == "image_url"


def _has_several_calls(message: Mapping[str, Any]) -> bool:
    return message.get("role") == "assistant" and len(message.get("tool_calls") or []) > 1
