/** What a caller means by `model`: a kind, `auto`, a model's name or a route's id. */
import type { Kind } from "../domain/kind.ts";
import type { Route } from "../domain/route.ts";
import type { Routing } from "../domain/routing.ts";

/** Every route of Hot and Warm, in order. */
export const AUTO = "auto";

export interface MeantModel {
  readonly kind: Kind;
  /** The routes that may answer, in the order to be tried; empty where all of them are off. */
  readonly routes: readonly Route[];
}

/**
 * A kind's routes; for `auto` every route; for a model or a route that one,
 * then the rest (only the rest while it is off: an app that names a model must
 * not get a 404 because a key is missing). Null: there is no such thing.
 */
export function resolveModel(routing: Routing, model: string): MeantModel | null {
  const kind = routing.kinds.get(model);
  if (kind) return { kind, routes: routesOf(kind, routing) };
  if (model === AUTO) return { kind: routing.defaultKind, routes: notSmaller(routing.routes) };

  const known = [...routing.routes, ...routing.off].some((route) => isMeant(route, model));
  if (!known) return null;
  const meant = routing.routes.filter((route) => isMeant(route, model));
  const rest = notSmaller(routing.routes).filter((route) => !isMeant(route, model));
  return { kind: routing.defaultKind, routes: [...meant, ...rest] };
}

/** The names for `GET /v1/models`: `auto`, the kinds, then the models of the routes that are on. */
export function listModels(routing: Routing): readonly string[] {
  return [...new Set([AUTO, ...routing.kinds.keys(), ...routing.routes.map((route) => route.model)])];
}

function routesOf(kind: Kind, routing: Routing): readonly Route[] {
  const { routeIds } = kind;
  if (routeIds === null) return notSmaller(routing.routes);
  return routeIds.flatMap((id) => routing.routes.find((route) => route.id === id) ?? []);
}

function notSmaller(routes: readonly Route[]): readonly Route[] {
  // They come last, and most maps have none.
  const end = routes.findIndex(({ tier }) => tier === "smaller");
  return end === -1 ? routes : routes.slice(0, end);
}

function isMeant(route: { readonly id: string; readonly model: string }, model: string): boolean {
  return route.model === model || route.id === model;
}
