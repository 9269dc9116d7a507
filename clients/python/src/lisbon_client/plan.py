"""Which providers are asked directly while Lisbon cannot be reached, in the map's own order. Plain data in and out."""

from dataclasses import dataclass

from lisbon_client.capabilities import Request, what_cannot
from lisbon_client.list_routes import Listed, list_routes
from lisbon_client.map_entry import RoutingMap
from lisbon_client.resolve_route import Environment, Route, Skipped, resolve_route


@dataclass(frozen=True)
class Plan:
    candidates: tuple[Route, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def plan_candidates(routing_map: RoutingMap, environment: Environment, request: Request) -> Plan:
    warm_is_on = routing_map.get("flags", {}).get("enable_warm_fallback", True)
    standings = [
        _standing(listed, environment, request, warm_is_on)
        for listed in _meant(routing_map, str(request.get("model", "")))
    ]
    return Plan(
        candidates=tuple(each for each in standings if isinstance(each, Route)),
        skipped=tuple(each for each in standings if isinstance(each, Skipped)),
    )


def _meant(routing_map: RoutingMap, model: str) -> list[Listed]:
    """A kind's routes; for `auto` every route; for a model or a route that one, then the rest."""
    routes = list_routes(routing_map)
    kind = routing_map.get("kinds", {}).get(model)
    if kind is not None:
        # What a person is to answer, no provider is asked.
        if kind.get("answeredBy") == "human":
            return []
        if "routes" not in kind:
            return routes
        return [route for route_id in kind["routes"] for route in routes if route.id == route_id]
    if model == "auto":
        return routes
    meant = [route for route in routes if model in (route.id, route.entry["model"])]
    return [*meant, *(route for route in routes if route not in meant)] if meant else []


def _standing(listed: Listed, environment: Environment, request: Request, warm_is_on: bool) -> Route | Skipped:
    route = resolve_route(listed, environment)
    if isinstance(route, Skipped):
        return route
    lacking = what_cannot(request, listed.entry)
    if lacking is not None:
        return Skipped(listed.id, "incapable", lacking)
    if listed.tier == "warm" and not warm_is_on:
        return Skipped(listed.id, "warm_off")
    return route
