/**
 * Does the prompt fit the windows that the map states? Two counts are taken,
 * and only where the body is large enough for either to matter: one that errs
 * high warns, one that errs low rules routes out and refuses. In between the
 * provider judges, whose tokenizer it is.
 */
import type { ContextFit, PlannedCall } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Route } from "../domain/route.ts";
import { estimateCallTokens } from "../ledger/estimate-call.ts";
import { fewestTokensIn } from "../ledger/fewest-tokens.ts";
import { mayReach } from "../ledger/most-tokens.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { whatCannot } from "../providers/capabilities.ts";
import type { Trail } from "./trail.ts";

/** The rest is for what a provider puts around a prompt, and for an answer. */
const MOST_PERCENT = 96;

export function fitContext(call: PlannedCall, trail: Trail): Result<PlannedCall, Refusal> {
  const { kind, routes, request, native } = call;
  let smallest = Infinity;
  let largest = 0;
  let roomiest: Route | null = null;
  for (const route of routes) {
    const window = windowOf(route, call);
    if (window === null) continue;
    smallest = Math.min(smallest, window);
    if (window <= largest) continue;
    largest = window;
    roomiest = route;
  }
  const worthALook = (smallest * Math.min(kind.contextWarnPercent, MOST_PERCENT)) / 100;
  if (roomiest === null || !mayReach(worthALook, native?.body ?? request)) return ok(call);

  const most = estimateCallTokens(call, roomiest);
  const percent = Math.round((100 * most) / largest);
  if (percent >= kind.contextWarnPercent) {
    trail.contextPercent = percent;
    trail.note(`The prompt may fill ${percent}% of the largest context window`);
  }
  if (most <= (smallest * MOST_PERCENT) / 100 || shortens(call)) return ok(call);
  const context = contextFit(call);
  if (context?.refusal && !kind.shortens) return fail(context.refusal);
  return ok({ ...call, context });
}

export function contextFit(call: PlannedCall): ContextFit | null {
  const said = saidIn(call);
  const tokens = said.reduce((sum, part) => sum + part.tokens, 0);
  const tooSmall = call.routes.filter((route) => tokens > roomOf(route, call));
  if (tooSmall.length === 0) return null;
  const able = call.routes.filter((route) => whatCannot(call, route) === null);
  const none = able.length > 0 && able.every((route) => tooSmall.includes(route));
  const largest = Math.max(...able.map((route) => windowOf(route, call) ?? 0));
  return {
    tooSmall: new Set(tooSmall.map(({ id }) => id)),
    refusal: none ? { kind: "context_too_long", reason: whatToCut(said, tokens, largest) } : null,
  };
}

/** In tokens; Infinity: nobody knows. A caller who asks for few may need less than the rest. */
function roomOf(route: Route, call: PlannedCall): number {
  const window = windowOf(route, call);
  if (window === null) return Infinity;
  const { max_tokens: most, max_completion_tokens: mostCompleted } = call.request;
  return Math.max((window * MOST_PERCENT) / 100, window - (mostCompleted ?? most ?? window));
}

/** Null: the map states none, or the caller asks Anthropic for a larger one (`context-1m-…`). */
function windowOf(route: Route, { native }: PlannedCall): number | null {
  const asksForMore =
    native !== null && route.api === "anthropic" && native.headers["anthropic-beta"]?.includes("context-");
  return asksForMore ? null : route.contextTokens;
}

/**
 * The caller has its provider leave something out: then nobody knows what remains.
 * https://openrouter.ai/docs/features/message-transforms, https://platform.claude.com/docs/en/build-with-claude/context-editing
 */
function shortens({ request, native }: PlannedCall): boolean {
  const body: Readonly<Record<string, unknown>> = native?.body ?? request;
  return SHORTENERS.some((name) => body[name] != null);
}

const SHORTENERS = ["transforms", "plugins", "context_management", "truncation"] as const;

interface Said {
  /** As the caller knows it: `messages[3]`, `system`. */
  readonly name: string;
  readonly tokens: number;
}

function saidIn({ request, native }: PlannedCall): readonly Said[] {
  const messages = (native?.body ?? request).messages.map((message: unknown, at) => ({
    name: `messages[${at}]`,
    tokens: fewestTokensIn(message),
  }));
  return native === null ? messages : [{ name: "system", tokens: fewestTokensIn(native.body["system"]) }, ...messages];
}

/** So many are named as what to cut. */
const MOST_NAMED = 3;

function whatToCut(said: readonly Said[], tokens: number, window: number): string {
  const over = tokens - Math.floor((window * MOST_PERCENT) / 100);
  const largest = said.toSorted((one, other) => other.tokens - one.tokens).slice(0, MOST_NAMED);
  const named = largest.map(({ name, tokens: own }) => `${name} (${own})`).join(", ");
  return `The conversation has at least ${tokens} tokens, and the largest context window here is ${window}: cut at least ${over}. The largest, with their tokens at least: ${named}. Shorten these, or leave the oldest turns out.`;
}
