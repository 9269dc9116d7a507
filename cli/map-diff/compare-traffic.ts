/** Which way the calls of each kind go, and what a million tokens cost at each stop. */
import { FREE } from "../../src/domain/price.ts";
import { DEFAULT_DEADLINE_SECONDS } from "../../src/routing/map-defaults.ts";
import { priceOf } from "../../src/routing/price-list.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import { routesOfKind } from "../lint/chains.ts";
import type { Chain, MapRoute } from "../lint/chains.ts";

export interface Traffic {
  /** `auto` is for calls that name no kind. */
  readonly kinds: readonly string[];
  /** Null: the kind is new. */
  readonly before: Way | null;
  /** Null: the kind is gone, and calls that name it are refused. */
  readonly after: Way | null;
}

export interface Way {
  /** In the order in which they are asked; empty: a human answers. */
  readonly stops: readonly Stop[];
  readonly deadlineSeconds: number;
}

export interface Stop {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly host: string;
  /** US dollars for a million tokens; null: nobody has said. */
  readonly price: { readonly input: number; readonly output: number } | null;
}

interface Side {
  readonly map: RoutingMap;
  readonly chains: readonly Chain[];
}

export function compareTraffic(before: Side, after: Side): readonly Traffic[] {
  const named = [before, after].flatMap(({ map }) => Object.keys(map.kinds ?? {}));
  const together = new Map<string, Traffic>();
  for (const kind of [null, ...new Set(named)]) {
    const change = { before: wayOf(kind, before), after: wayOf(kind, after) };
    const mark = JSON.stringify(change);
    if (JSON.stringify(change.before) === JSON.stringify(change.after)) continue;
    const kinds = [...(together.get(mark)?.kinds ?? []), kind ?? "auto"];
    together.set(mark, { kinds, ...change });
  }
  return [...together.values()];
}

function wayOf(kind: string | null, { map, chains }: Side): Way | null {
  const entry = kind === null ? {} : map.kinds?.[kind];
  if (entry === undefined) return null;
  const { deadlineSeconds = DEFAULT_DEADLINE_SECONDS, answeredBy } = entry;
  const routes = answeredBy === "human" ? [] : routesOfKind(kind, chains);
  return { stops: routes.map(stopAt), deadlineSeconds };
}

function stopAt({ id, provider, host, cost, entry }: MapRoute): Stop {
  const { model, price } = entry;
  const told = price && { input: price.inputPerMillion, output: price.outputPerMillion };
  const listed = cost === "paid" ? priceOf(provider, model) : FREE;
  const known = told ?? listed;
  return { id, provider, model, host, price: known && { input: known.input, output: known.output } };
}
