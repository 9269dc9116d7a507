/** `lisbon flags`: what may be switched without a deploy. */
import type * as z from "zod";
import { fail, ok } from "../../src/lib/result.ts";
import { Flags } from "../admin-schemas.ts";
import { askAdminFor, posting } from "../ask-admin.ts";
import { confirmed } from "../confirm.ts";
import type { CommandOptions, Ending } from "../run-command.ts";
import type { Paint } from "../screen/paint.ts";
import { harmless, table } from "../screen/table.ts";

/** What switching one off takes away. */
const OFF_MEANS: Readonly<Record<string, string>> = {
  enable_warm_fallback: "then only Hot answers",
  enable_cold_queue: "then nothing is parked, and callers get 503",
};

export async function flags(options: CommandOptions): Promise<Ending> {
  const asked = await askAdminFor(Flags, options, "/admin/flags");
  return asked.ok ? ok(outcomeOf(asked.value)) : asked;
}

const POSITIONS: Readonly<Record<string, boolean | null>> = { on: true, off: false, map: null };

/** `position`: on, off, or map: the map's value again. */
export async function setFlag(name: string, position: string, options: CommandOptions): Promise<Ending> {
  const value = POSITIONS[position];
  if (value === undefined) {
    const message = `${position} is no position of a flag`;
    return fail({ kind: "usage", code: "usage", message, next: `npx lisbon flags set ${name} on|off|map` });
  }
  if (value === false) {
    const sure = await confirmed(`Switch ${name} off (${OFF_MEANS[name] ?? "for everybody"})?`, options);
    if (!sure.ok) return sure;
  }
  const set = await askAdminFor(Flags, options, "/admin/flags", posting({ flags: { [name]: value } }));
  return set.ok ? ok(outcomeOf(set.value)) : set;
}

function outcomeOf(answer: z.infer<typeof Flags>) {
  const rows = Object.entries(answer.flags).map(([name, { value, default: standard, switched }]) => ({
    name,
    value,
    default: standard,
    switched,
  }));
  return { json: { flags: rows }, lines: (paint: Paint) => flagLines(rows, paint) };
}

export interface FlagRow {
  readonly name: string;
  readonly value: boolean;
  readonly default: boolean;
  readonly switched: boolean;
}

export function flagLines(rows: readonly FlagRow[], paint: Paint): readonly string[] {
  if (rows.length === 0) return ["There are no flags."];
  return table(
    rows.map(({ name, value, default: standard, switched }) => [
      harmless(name),
      value ? paint("good", "on") : paint("warn", "off"),
      switched ? `switched by hand; the map says ${standard ? "on" : "off"}` : "as in the map",
    ]),
  );
}
