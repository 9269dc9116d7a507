/** The routing map that the answers come to. */
import { costOf } from "../../src/routing/order-routes.ts";
import type { RouteEntry } from "../../src/routing/map-routes.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import { TUNNEL } from "./known-providers.ts";
import type { OfferedProvider, OfferedServer } from "./known-providers.ts";

export interface InitAnswers {
  /** The first is Hot. */
  readonly providers: readonly OfferedProvider[];
  readonly server: OfferedServer | null;
  /** An e-mail address, an https URL, or null. */
  readonly notify: string | null;
  readonly monthlyUsd: number | null;
  /** Of those that were given. */
  readonly variables: Readonly<Record<string, string>>;
}

export const SLACK = "SLACK_WEBHOOK_URL";
const WEBHOOK = "NOTICE_WEBHOOK_URL";

export function makeMap({ providers, server, notify, monthlyUsd }: InitAnswers): RoutingMap {
  const [first, ...others] = providers;
  const local = server === null ? [] : [localRoute(server)];
  const hot = first === undefined ? local : first.routes;
  // Free before paid, and paid ones together: what `lisbon check` asks for.
  const behind = [...(first === undefined ? [] : local), ...others.flatMap(({ routes }) => routes.slice(0, 1))];
  const warm = behind.toSorted((one, other) => costRank(one) - costRank(other));
  return {
    $schema: "./routes.schema.json",
    note: "Made by lisbon init. Put in your own models and kinds, then run npx lisbon check.",
    hot: [...hot],
    ...(warm.length > 0 && { warm }),
    cold: {
      mode: "graceful_degrade",
      queue: "ai-tasks",
      ...(notify !== null && { notify: [notifyVariable(notify) === null ? notify : `\${${notifyVariable(notify)}}`] }),
    },
    kinds: { "draft-email": { deadlineSeconds: 30 } },
    order: "listed",
    // It undoes that by itself; what only a person can undo is the person's to allow.
    ...([...hot, ...warm].some((route) => costOf(route) !== "paid") && { watchdog: { act: ["prefer_free"] } }),
    ...(monthlyUsd !== null && { budget: { monthlyUsd } }),
  };
}

/** A webhook's address is a secret and stands in a variable; an e-mail address stands in the map. */
export function notifyVariable(notify: string): string | null {
  if (!notify.startsWith("https://")) return null;
  return new URL(notify).hostname.startsWith("hooks.slack") ? SLACK : WEBHOOK;
}

function costRank({ cost = "paid" }: RouteEntry): number {
  return ["local", "free", "paid"].indexOf(cost);
}

function localRoute({ id, model }: OfferedServer): RouteEntry {
  return { provider: id, model, baseUrl: `\${${TUNNEL}}/v1`, cost: "local" };
}
