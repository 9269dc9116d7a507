/** `lisbon routes`: every route with its state; `kill` and `revive` switch one without a deploy. */
import type * as z from "zod";
import { ok } from "../../src/lib/result.ts";
import { Breakers, Flags, Health, Watch } from "../admin-schemas.ts";
import { askAdminFor, posting } from "../ask-admin.ts";
import { confirmed } from "../confirm.ts";
import type { CommandOptions, Ending } from "../run-command.ts";
import type { Paint, Style } from "../screen/paint.ts";
import { fromNow, isoOf } from "../screen/moments.ts";
import { count, harmless, shortened, table } from "../screen/table.ts";

export interface RouteRow {
  readonly id: string;
  readonly state: RouteWord;
  readonly account: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly why: string | null;
  /** The last outcomes, oldest first: 1 answered, 0 failed. */
  readonly last: readonly number[];
  readonly errorRate: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Kinds for which the watchdog has put it first, and until when. */
  readonly firstFor: readonly { readonly kind: string; readonly until: string | null }[];
}

/** `killed` by an operator, `off` in the map or for want of a variable, `warm_off` by the flag. */
const STYLES = {
  serving: "good",
  probing: "warn",
  open: "bad",
  account_out: "bad",
  paused: "warn",
  killed: "warn",
  warm_off: "dim",
  off: "dim",
} as const satisfies Record<string, Style>;
export type RouteWord = keyof typeof STYLES;

export async function routes(options: CommandOptions): Promise<Ending> {
  const [health, breakers, watch] = await Promise.all([
    askAdminFor(Health, options, "/health"),
    askAdminFor(Breakers, options, "/admin/breakers"),
    askAdminFor(Watch, options, "/admin/watch"),
  ]);
  if (!breakers.ok) return breakers;
  if (!health.ok) return health;
  if (!watch.ok) return watch;
  const rows = routeRows(health.value, breakers.value, watch.value.acting);
  return ok({ json: { routes: rows }, lines: (paint) => routeLines(rows, breakers.value.atMs, paint) });
}

/** Those in trouble first, then as the map lists them. */
export function routeRows(
  health: z.infer<typeof Health>,
  breakers: z.infer<typeof Breakers>,
  acting?: Watch["acting"],
): readonly RouteRow[] {
  const killed = new Set(acting?.killed.map(({ route }) => route));
  const details = new Map(breakers.routes.map((route) => [route.id, route]));
  const rows = health.routes.map((route): RouteRow => {
    const seen = details.get(route.id);
    const state = stateOf(route.status, seen?.status ?? null);
    return {
      id: route.id,
      state,
      account: seen?.account ?? null,
      since: isoOf(seen?.sinceMs ?? null),
      until: isoOf(seen?.untilMs ?? null),
      why: state === "serving" ? null : killed.has(route.id) ? WATCHDOG : (seen?.why ?? route.error ?? null),
      last: seen?.last ?? [],
      errorRate: seen?.errorRate ?? null,
      p50Ms: seen?.p50Ms ?? null,
      p95Ms: seen?.p95Ms ?? null,
      firstFor: (acting?.preferred ?? []).flatMap(({ kind, route: first, untilMs }) =>
        first === route.id ? [{ kind, until: isoOf(untilMs) }] : [],
      ),
    };
  });
  return rows.toSorted((one, other) => rank(one) - rank(other));
}

/** `/health` says what planning makes of it, the switchboard how its circuit stands: the more telling one counts. */
function stateOf(planned: string, circuit: string | null): RouteWord {
  if (circuit === "killed" || planned === "killed") return "killed";
  if (circuit === "half_open") return "probing";
  // A state that only a newer Worker knows is no reason to say that all is well.
  if (planned !== "healthy") return isWord(planned) ? planned : "open";
  return circuit === "open" ? "open" : "serving";
}

function isWord(word: string): word is RouteWord {
  return Object.hasOwn(STYLES, word);
}

const RANKS: Readonly<Record<Style, number>> = { bad: 0, warn: 1, good: 2, bold: 2, dim: 3 };

function rank({ state }: RouteRow): number {
  return RANKS[STYLES[state]];
}

export function routeLines(rows: readonly RouteRow[], nowMs: number, paint: Paint): readonly string[] {
  if (rows.length === 0) return ["The map has no routes."];
  const cells = rows.map((row) => [
    paint(STYLES[row.state], row.state),
    row.last.length === 0 ? "-" : `${row.last.filter((one) => one === 1).length}/${row.last.length}`,
    milliseconds(row.p50Ms),
    milliseconds(row.p95Ms),
    harmless(row.id),
  ]);
  const [head = "", ...lines] = table([["STATE", "OK", "P50", "P95", "ROUTE"], ...cells], [1, 2, 3]);
  return [
    paint("dim", head),
    ...lines.flatMap((line, at) => {
      const why = whyLine(rows[at], nowMs);
      const more = [...(why === "" ? [] : [why]), ...firstLines(rows[at], nowMs)];
      return [line, ...more.map((text) => paint("dim", `  ${text}`))];
    }),
    "",
    summary(rows),
  ];
}

function summary(rows: readonly RouteRow[]): string {
  const states = [...new Set(rows.map(({ state }) => state))];
  const parts = states.map((word) => `${rows.filter(({ state }) => state === word).length} ${word}`);
  return `${count(rows.length, "route")}: ${parts.join(", ")}`;
}

function whyLine(row: RouteRow | undefined, nowMs: number): string {
  if (row === undefined || row.state === "serving") return "";
  const { why, since, until } = row;
  const parts = [
    ...(why === null ? [] : [SWITCHED_OFF[why] ?? harmless(why)]),
    ...(since === null ? [] : [`since ${fromNow(Date.parse(since), nowMs)}`]),
    ...(until === null ? [] : [`tried again ${fromNow(Date.parse(until), nowMs)}`]),
  ];
  return shortened(parts.join(", ").replace(/since (.*) ago/, "for $1"), 76);
}

const WATCHDOG = "watchdog";
const SWITCHED_OFF: Readonly<Record<string, string>> = {
  operator: "switched off by an operator",
  [WATCHDOG]: "switched off by the watchdog",
};

function firstLines(row: RouteRow | undefined, nowMs: number): readonly string[] {
  return (row?.firstFor ?? []).map(
    ({ kind, until }) =>
      `put first for ${harmless(kind)} by the watchdog${until === null ? "" : `, over ${fromNow(Date.parse(until), nowMs)}`}`,
  );
}

function milliseconds(ms: number | null): string {
  if (ms === null) return "-";
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `on`: revived. It holds for the whole fleet within 5 s, and until it is taken back. */
export async function switchRoute(id: string, on: boolean, options: CommandOptions): Promise<Ending> {
  if (!on) {
    const sure = await confirmed(`Take ${id} out of service, for everybody?`, options);
    if (!sure.ok) return sure;
  }
  const switched = await askAdminFor(Flags, options, "/admin/flags", posting({ routes: { [id]: on } }));
  if (!switched.ok) return switched;
  const left = Object.values(switched.value.routes).filter((isOn) => isOn).length;
  return ok({
    json: { route: { id, on: switched.value.routes[id] ?? on }, routesOn: left },
    lines: (paint) => [
      `${harmless(id)} is ${on ? paint("good", "in service again") : paint("warn", "out of service")}; every isolate obeys within 5 s.`,
      ...(on ? [] : [`Undo: npx lisbon routes revive ${id}`]),
      ...(left === 0 ? [paint("bad", "No route is left: new calls are parked or refused.")] : []),
    ],
  });
}
