/** A kind whose Hot route is open, with a paid and a free one behind it; the watchdog may do everything. */
import { WATCHDOG_ACTIONS } from "../../../src/domain/watchdog.ts";
import type { ActFacts, ActRoute } from "../../../src/watch/actions.ts";
import type { Finding } from "../../../src/watch/findings.ts";
import { nothingHeld } from "../../../src/watch/held.ts";

export const NOW = Date.parse("2026-11-21T12:00:00Z");
export const MINUTE = 60_000;
export const HOT: ActRoute = {
  id: "hot/a",
  account: "anthropic",
  provider: "anthropic",
  tier: "hot",
  cost: "paid",
  status: "open",
  paused: false,
  behind: false,
  spent: false,
  answeredAtMs: null,
};
export const PAID: ActRoute = {
  ...HOT,
  id: "warm/b",
  account: "openai",
  provider: "openai",
  tier: "warm",
  status: "closed",
};
export const FREE: ActRoute = { ...PAID, id: "warm/free", account: "groq", provider: "groq", cost: "free" };
export const FACTS: ActFacts = {
  atMs: NOW,
  allowed: { act: new Set(WATCHDOG_ACTIONS), holdMs: 60 * MINUTE },
  routes: [HOT, PAID, FREE],
  kinds: [{ name: "draft", routeIds: [HOT.id, PAID.id, FREE.id] }],
  warm: true,
  pausedScopes: new Set(),
  drill: false,
  openings: [],
  held: nothingHeld,
};

export function finding(key: string): Finding {
  return { kind: "provider_failing", key, title: `${key} it is`, why: "so", nextAction: "Nothing." };
}
