"""The part of a routing map that is read here. Its shape is checked where the map is deployed: `lisbon check`."""

from typing import Any, TypedDict


class _Needed(TypedDict):
    provider: str
    model: str


class Entry(_Needed, total=False):
    id: str
    baseUrl: str
    api: str
    key: str
    headers: dict[str, str]
    cost: str
    priority: float
    capabilities: dict[str, bool]
    trusted: bool
    enabled: bool


class Kind(TypedDict, total=False):
    routes: list[str]
    answeredBy: str


class RoutingMap(TypedDict, total=False):
    hot: list[Entry]
    warm: list[Entry]
    smaller: list[Entry]
    kinds: dict[str, Kind]
    order: str
    flags: dict[str, bool]
    # The rest is the Worker's.
    cold: Any
