/** What a running Lisbon has measured, as its `/admin` paths say it. */
import type { Measurements } from "../../planner/measured.ts";
import { ok } from "../../src/lib/result.ts";
import type { Result } from "../../src/lib/result.ts";
import type { AdminOptions } from "../admin-address.ts";
import { askAdmin } from "../ask-admin.ts";
import type { AdminFailure } from "../ask-admin.ts";

const DAYS = 30;
const DAY_MS = 86_400_000;

/** `now`: milliseconds since 1970. */
export async function askLisbon(options: AdminOptions, now: number): Promise<Result<Measurements, AdminFailure>> {
  const [from, today] = [dayOf(now - (DAYS - 1) * DAY_MS), dayOf(now)];
  const breakers = await askAdmin(options, "/admin/breakers");
  if (!breakers.ok) return breakers;
  const spend = await askAdmin(options, `/admin/spend?by=day,kind&from=${from}&to=${today}`);
  return spend.ok ? ok({ breakers: breakers.value, spend: spend.value, today }) : spend;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
