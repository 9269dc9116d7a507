"""Every route of a map with its id, in the order in which it is tried (src/routing/route-ids.ts, order-routes.ts)."""

import re
from dataclasses import dataclass
from typing import Literal

from lisbon_client.map_entry import Entry, RoutingMap
from lisbon_client.providers import canonical_provider, cost_of

_LISTS: tuple[Literal["hot", "warm", "smaller"], ...] = ("hot", "warm", "smaller")
_COSTS = ("local", "free", "paid")


@dataclass(frozen=True)
class Listed:
    id: str
    tier: str
    index: int
    entry: Entry

    @property
    def priority(self) -> float:
        return self.entry.get("priority", self.index + 1)


def list_routes(routing_map: RoutingMap) -> list[Listed]:
    listed = _with_ids(routing_map)
    hot = sorted((route for route in listed if route.tier == "hot"), key=lambda route: route.priority)
    warm = sorted((route for route in listed if route.tier == "warm"), key=lambda route: route.priority)
    if routing_map.get("order") == "local-free-paid":
        warm.sort(key=lambda route: _COSTS.index(cost_of(route.entry)))
    return [*hot, *warm]


def _with_ids(routing_map: RoutingMap) -> list[Listed]:
    entries = [(tier, index, entry) for tier in _LISTS for index, entry in enumerate(routing_map.get(tier, []))]
    # Written ids are taken first, so that adding a route renames none.
    taken = {entry["id"] for _, _, entry in entries if "id" in entry}
    return [
        Listed(entry["id"] if "id" in entry else _free_id(tier, entry, taken), tier, index, entry)
        for tier, index, entry in entries
    ]


def _free_id(tier: str, entry: Entry, taken: set[str]) -> str:
    plain = "/".join(_safe(text) for text in (tier, canonical_provider(entry["provider"]), entry["model"]))
    route_id, number = plain, 2
    while route_id in taken:
        route_id, number = f"{plain}/{number}", number + 1
    taken.add(route_id)
    return route_id


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._:@+~/-]+", "-", text)[:100]
