/** `lisbon routes reset`: what was out is mended, so calls go there at once, before its time. */
import type * as z from "zod";
import { resetCommand } from "../../src/domain/reset-command.ts";
import { fail, ok } from "../../src/lib/result.ts";
import type { Result } from "../../src/lib/result.ts";
import { Breakers } from "../admin-schemas.ts";
import type { Watch } from "../admin-schemas.ts";
import { askAdminFor, posting } from "../ask-admin.ts";
import type { AdminFailure } from "../ask-admin.ts";
import { confirmed } from "../confirm.ts";
import type { CommandOptions, Ending } from "../run-command.ts";
import type { Paint } from "../screen/paint.ts";
import { harmless, shortened } from "../screen/table.ts";

type Breakers = z.infer<typeof Breakers>;

/** What is to be let back, in this order: a route cannot come back before its account. */
interface Targets {
  readonly accounts: readonly string[];
  /** Null: those that are open once the accounts are back. */
  readonly routes: readonly string[] | null;
  /** Ids, or `all`. */
  readonly loops: readonly string[];
}

export interface ResetDone {
  readonly accounts: readonly string[];
  readonly routes: readonly string[];
  readonly loops: readonly string[];
}

const MOST_NAMED = 5;

/** `what`: a route, an account, the id of a request that loops, or `all`: everything that is out. */
export async function reset(what: string, options: CommandOptions): Promise<Ending> {
  const before = await askAdminFor(Breakers, options, "/admin/breakers");
  if (!before.ok) return before;
  const targets = targetsOf(what, before.value);
  if (!targets.ok) return targets;
  const sure = await confirmed(questionOf(what, targets.value, before.value), options);
  if (!sure.ok) return sure;

  const { accounts, loops } = targets.value;
  let after = before.value;
  for (const account of accounts) {
    const back = await post({ account }, options);
    if (!back.ok) return back;
    after = back.value;
  }
  const routes = targets.value.routes ?? after.routes.filter(isOpen).map(({ id }) => id);
  for (const body of [...routes.map((route) => ({ route })), ...loops.map((loop) => ({ loop }))]) {
    const closed = await post(body, options);
    if (!closed.ok) return closed;
    after = closed.value;
  }
  const done = { accounts, routes, loops };
  const open = after.routes.filter(isOpen).map(({ id }) => id);
  const killed = routes.filter((id) => after.routes.some((route) => route.id === id && route.status === "killed"));
  return ok({ json: { reset: done, open }, lines: (paint) => resetLines(done, open, killed, paint) });
}

async function post(body: object, options: CommandOptions): Promise<Result<Breakers, AdminFailure>> {
  return await askAdminFor(Breakers, options, "/admin/breakers/reset", posting(body));
}

function isOpen({ status }: Breakers["routes"][number]): boolean {
  return status === "open" || status === "half_open";
}

function targetsOf(what: string, { routes, accountsOut, loops }: Breakers): Result<Targets, AdminFailure> {
  const out = (accountsOut ?? []).map(({ account }) => account);
  if (what === "all") return ok({ accounts: out, routes: null, loops: (loops ?? []).length === 0 ? [] : ["all"] });
  const route = routes.find(({ id }) => id === what);
  if (route !== undefined) {
    // As long as its account is out, a route alone cannot come back.
    return ok({ accounts: out.filter((account) => account === route.account), routes: [what], loops: [] });
  }
  if (routes.some(({ account }) => account === what)) return ok({ accounts: [what], routes: [], loops: [] });
  if (loops?.some(({ id }) => id === what)) return ok({ accounts: [], routes: [], loops: [what] });
  const message = `no route, no account and no request that loops is called ${what}`;
  const next = "npx lisbon routes --json lists routes and accounts, npx lisbon watch --once the requests that loop.";
  return fail({ kind: "usage", code: "usage", message, next });
}

function questionOf(what: string, { accounts, loops }: Targets, { routes, loops: blocked }: Breakers): string {
  if (what === "all") return "Let everything back that is out, and every request that looped?";
  if (loops.length > 0) {
    const tenant = blocked?.find(({ id }) => id === what)?.tenant ?? "somebody";
    return `Let this request of ${tenant} through again? If it still fails, it costs three more tries.`;
  }
  const [account] = accounts;
  if (account === undefined) return `Close the circuit of ${what}? Calls go there at once.`;
  const together = routes.filter((route) => route.account === account).map(({ id }) => id);
  return `Let the account ${account} back? Calls go at once to all its routes: ${few(together)}.`;
}

function few(ids: readonly string[]): string {
  const more = ids.length - MOST_NAMED;
  return `${ids.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

export function resetLines(
  { accounts, routes, loops }: ResetDone,
  open: readonly string[],
  killed: readonly string[],
  paint: Paint,
): readonly string[] {
  const back = [
    ...accounts.map((account) => `The account ${harmless(account)} is ${paint("good", "back")}`),
    ...routes.map((id) => `The circuit of ${harmless(id)} is ${paint("good", "closed")}`),
    ...loops.map((id) =>
      id === "all" ? "Every request that looped is let through" : `The request ${harmless(id)} is let through`,
    ),
  ];
  return [
    ...(back.length === 0 ? ["Nothing is out, and no request is held back."] : back.map((line) => `${line}.`)),
    ...(back.length === 0 ? [] : ["Every isolate obeys within 5 s. What is still ill goes out again."]),
    ...killed.map((id) => `${harmless(id)} stays switched off: npx lisbon routes revive ${harmless(id)}`),
    ...(open.length === 0 ? [] : [shortened(harmless(`Still out: ${few(open)}`), 200)]),
  ];
}

/** For `lisbon status`. No probe ends these: they come back by their time, or by hand. A finding's key ends with the route or the account. */
export function mendedLine(findings: Watch["findings"]): readonly string[] {
  const out = findings.flatMap(({ kind, key }) =>
    kind === "quota" || (kind === "error_loop" && key.startsWith("error:")) ? [key.slice(key.indexOf(":") + 1)] : [],
  );
  const [first] = out;
  if (first === undefined) return [];
  if (out.length > 1) return [`${out.length} are out until mended: npx lisbon watch --once`];
  return [`${first} is out until mended, then: ${resetCommand(first)}`];
}
