/** A line of the trail as a sentence: what somebody did, or tried to do. */
import { readJson } from "./json.ts";
import { callsOf } from "./words.ts";

export interface Change {
  readonly at: string;
  readonly who: string;
  /** `POST /admin/flags`, or what the watchdog calls its deed. */
  readonly what: string;
  /** An HTTP status. */
  readonly status: number;
  /** A body, or a query; cut off where it is long. */
  readonly detail: string;
}

/** `paused everything`, or `tried to pause everything`; what is not known here is left as it was sent. */
export function changeInWords({ what, status, detail }: Change): string {
  const told = toldBy(what, detailOf(detail));
  if (told === null) return `${what} ${detail}`.trim();
  const [verb, rest] = told;
  return status >= 400 ? `tried to ${verb} ${rest}` : `${PAST[verb]} ${rest}`;
}

const PAST = {
  answer: "answered",
  break: "broke",
  cancel: "cancelled",
  change: "changed",
  close: "closed",
  end: "ended",
  edit: "edited",
  erase: "erased",
  let: "let",
  make: "made",
  pause: "paused",
  put: "put",
  resume: "resumed",
  retry: "retried",
  revoke: "revoked",
  send: "sent",
  settle: "settled",
  switch: "switched",
  use: "used",
} as const;

type Told = readonly [verb: keyof typeof PAST, rest: string];
type Detail = Readonly<Record<string, unknown>>;

function toldBy(what: string, detail: Detail): Told | null {
  const [, id = "", verb = ""] = /^POST \/admin\/jobs\/([^/]+)\/(\w+)$/.exec(what) ?? [];
  if (isOfJob(verb)) return [verb, id];
  const [, key] = /^POST \/admin\/keys\/([^/]+)\/revoke$/.exec(what) ?? [];
  if (key !== undefined) return ["revoke", `the key ${key}`];
  return TOLD[what]?.(detail) ?? null;
}

const OF_JOB = ["answer", "edit", "retry", "cancel"] as const;

function isOfJob(verb: string): verb is (typeof OF_JOB)[number] {
  return OF_JOB.some((each) => each === verb);
}

const TOLD: Readonly<Record<string, (detail: Detail) => Told>> = {
  "POST /admin/flags": (detail) => ["switch", switched(detail)],
  "POST /admin/pause": ({ provider, reason }) => [
    "pause",
    `${text(provider, "everything")}${reason === undefined ? "" : `: ${text(reason)}`}`,
  ],
  "POST /budget/resume": ({ provider }) => ["resume", text(provider, "everything")],
  "POST /admin/breakers/reset": breakerTold,
  "POST /admin/jobs/retry-dead": () => ["retry", "all dead jobs"],
  "POST /admin/keys": ({ tenant }) => ["make", `a key for the tenant ${text(tenant)}`],
  "POST /admin/limits": ({ scope }) => ["change", `the limits of ${text(scope)}`],
  "POST /admin/limits/unaccounted": ({ slice }) => ["settle", `what nobody had accounted for: ${text(slice)}`],
  "POST /admin/notices/test": () => ["send", "a test notice"],
  "POST /admin/watch/release": ({ kind }) => ["end", `what the watchdog had put first for ${callsOf(text(kind))}`],
  "POST /admin/chaos": ({ routes }) => ["break", `on purpose: ${Object.keys(entries(routes)).join(", ")}`],
  "POST /admin/act": () => ["use", "the link of a notice"],
  "DELETE /admin/cache": ({ tenant, user }) => [
    "erase",
    `what was kept of ${user === undefined ? "" : `${text(user)} of `}${text(tenant)}`,
  ],
  // The watchdog's own.
  kill: ({ routeId, why }) => ["switch", `${text(routeId)} off: ${text(why)}`],
  pause: ({ provider, why }) => ["pause", `${text(provider)}: ${text(why)}`],
  prefer_free: ({ routeId, instead, kind, why }) => [
    "put",
    `${text(routeId)} before ${text(instead)} for ${callsOf(text(kind))}: ${text(why)}`,
  ],
  prefer_free_ended: ({ routeId, kind, why }) => [
    "end",
    `that ${text(routeId)} is first for ${callsOf(text(kind))}: ${ENDED_WHY[text(why)] ?? text(why)}`,
  ],
};

const ENDED_WHY: Readonly<Record<string, string>> = {
  time_is_over: "its time was over",
  not_closed: "it was no longer well",
  switched_off: "it was switched off",
  not_allowed: "the map no longer allows it",
};

function switched({ flags, routes }: Detail): string {
  const told = Object.entries({ ...entries(flags), ...entries(routes) })
    .map(([name, value]) => `${name} ${value === null ? "back to what the map says" : value === true ? "on" : "off"}`)
    .join(", ");
  return told === "" ? "flags or routes" : told;
}

function breakerTold({ route, account, loop }: Detail): Told {
  if (account !== undefined) return ["let", `the account ${text(account)} back`];
  if (route !== undefined) return ["close", `the breaker of ${text(route)}`];
  return ["let", loop === "all" ? "all blocked requests through again" : "a blocked request through again"];
}

/** Empty where it was cut off, or is nothing that is read here. */
function detailOf(detail: string): Detail {
  if (detail.startsWith("?")) return Object.fromEntries(new URLSearchParams(detail));
  try {
    return entries(readJson(detail));
  } catch {
    return {};
  }
}

function entries(value: unknown): Detail {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function text(value: unknown, otherwise = "…"): string {
  return typeof value === "string" && value !== "" ? value : otherwise;
}
