"""The providers of the routing map, asked without Lisbon."""

import json
import logging
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openai import OpenAI

from lisbon_client.list_routes import list_routes
from lisbon_client.map_entry import RoutingMap
from lisbon_client.plan import plan_candidates
from lisbon_client.resolve_route import Environment, Route, Skipped

if TYPE_CHECKING:
    from openai import Timeout
    from openai._models import FinalRequestOptions

log = logging.getLogger("lisbon_client")

# What Lisbon reads and no provider knows.
_LISBONS_FIELDS = ("on_cold", "callback_url", "idempotencyKey", "private")
_LISBONS_HEADERS = ("x-lisbon-", "idempotency-key", "last-event-id")


class Direct:
    def __init__(self, routing_map: RoutingMap, environment: Environment, timeout: "float | Timeout") -> None:
        self._map = routing_map
        self._environment = environment
        self._timeout = timeout
        self._clients: dict[str, OpenAI] = {}
        self._told: set[Skipped] = set()

    def candidates(self, options: "FinalRequestOptions") -> Iterator[Route]:
        plan = plan_candidates(self._map, self._environment, _body_of(options))
        for skipped in plan.skipped:
            if skipped not in self._told:
                log.warning("%s is not asked directly: %s %s", skipped.id, skipped.why, skipped.detail)
                self._told.add(skipped)
        yield from plan.candidates

    def client_for(self, route: Route) -> OpenAI:
        if route.id not in self._clients:
            self._clients[route.id] = OpenAI(
                base_url=route.base_url,
                # The package insists on one; a server that needs none does not look.
                api_key=route.key or "none",
                default_headers=dict(route.headers),
                timeout=self._timeout,
                max_retries=0,
            )
        return self._clients[route.id]

    @staticmethod
    def options_for(route: Route, options: "FinalRequestOptions") -> "FinalRequestOptions":
        headers = _mapping(options.headers)
        changes = {
            "json_data": {**_without_lisbons(options.json_data), "model": route.model},
            "extra_json": _without_lisbons(options.extra_json),
            "headers": {name: text for name, text in headers.items() if not name.lower().startswith(_LISBONS_HEADERS)},
        }
        return options.model_copy(update=changes)


def read_map(routes: "str | PathLike[str] | RoutingMap | None") -> RoutingMap:
    if isinstance(routes, (str, PathLike)):
        routing_map: RoutingMap = json.loads(Path(routes).read_text(encoding="utf-8-sig"))
    else:
        routing_map = routes or {}
    try:
        list_routes(routing_map)
    except (AttributeError, KeyError, TypeError) as error:
        # Said now, and not in the night when the map is needed.
        raise ValueError("routes: this is no routing map; `npx lisbon check` says what is wrong with it") from error
    return routing_map


def _body_of(options: "FinalRequestOptions") -> Mapping[str, Any]:
    return {**_mapping(options.json_data), **_mapping(options.extra_json)}


def _without_lisbons(body: object) -> dict[str, Any]:
    return {name: value for name, value in _mapping(body).items() if name not in _LISBONS_FIELDS}


def _mapping(body: object) -> Mapping[str, Any]:
    return body if isinstance(body, Mapping) else {}
