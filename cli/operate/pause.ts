/** `lisbon pause` and `lisbon resume`: new work is parked, running work finishes. */
import type * as z from "zod";
import { fail, ok } from "../../src/lib/result.ts";
import { Pauses } from "../admin-schemas.ts";
import { askAdmin, askAdminFor, posting } from "../ask-admin.ts";
import { confirmed } from "../confirm.ts";
import type { CommandOptions, Ending, Outcome } from "../run-command.ts";
import { fromNow } from "../screen/moments.ts";
import type { Paint } from "../screen/paint.ts";
import { harmless, shortened } from "../screen/table.ts";

export type PauseRow = z.infer<typeof Pauses>["pauses"][number];

export interface PauseOptions extends CommandOptions {
  readonly reason?: string;
}

export async function pause(provider: string | undefined, options: PauseOptions): Promise<Ending> {
  const what = provider === undefined ? "everything" : `${provider} (a name that no route has pauses everything)`;
  const sure = await confirmed(`Pause ${what}? New calls are parked until somebody resumes.`, options);
  if (!sure.ok) return sure;
  const { reason } = options;
  const body = { ...(provider !== undefined && { provider }), ...(reason !== undefined && { reason }) };
  const paused = await askAdmin(options, "/admin/pause", posting(body));
  if (!paused.ok) return paused;
  const ending = await nowPaused(options);
  if (provider === undefined || !ending.ok) return ending;
  const isAll = ending.value.pauses.some(({ scope, by }) => scope === "all" && by === "operator");
  if (!isAll) return ending;
  const asides = [`No route may have the provider ${provider}: everything is paused. Not meant? npx lisbon resume`];
  return ok({ ...ending.value, asides });
}

export async function resume(provider: string | undefined, options: CommandOptions): Promise<Ending> {
  const what = provider ?? "everything";
  const sure = await confirmed(`Resume ${what}? What was parked is run, and costs what it costs.`, options);
  if (!sure.ok) return sure;
  const body = provider === undefined ? {} : { provider };
  const resumed = await askAdmin(options, "/budget/resume", posting(body));
  return resumed.ok ? await nowPaused(options) : resumed;
}

async function nowPaused(options: CommandOptions) {
  const asked = await askAdminFor(Pauses, options, "/admin/pause");
  if (!asked.ok) return fail(asked.failure);
  const { pauses } = asked.value;
  const outcome: Outcome = { json: { pauses }, lines: (paint) => pauseLines(pauses, Date.now(), paint) };
  return ok({ ...outcome, pauses });
}

export function pauseLines(pauses: readonly PauseRow[], nowMs: number, paint: Paint): readonly string[] {
  if (pauses.length === 0) return ["Nothing is paused."];
  return pauses.map(({ scope, by, since, reason, percent }) => {
    const what = scope === "all" ? "everything is paused" : `${harmless(scope)} is paused`;
    const share = percent === null ? "" : ` at ${percent} %`;
    const told = `${WHO[by] ?? `by ${by}`}${share}, ${fromNow(Date.parse(since), nowMs)}: ${harmless(reason)}`;
    return `${paint("warn", what)} ${shortened(told, 200)}`;
  });
}

const WHO: Readonly<Record<string, string>> = {
  alert: "by a budget alert",
  hand: "by hand, in Redis",
  operator: "by an operator",
  watchdog: "by the watchdog",
};
