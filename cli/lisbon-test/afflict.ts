import type { Checks } from "./checks.ts";
import { ANSWER_MS } from "./limits.ts";
import type { Fault, Stage } from "./stage.ts";

/** The providers misbehave from now on; false: they cannot be made to, and that is in the table. */
export async function afflict(
  checks: Checks,
  { faults }: Stage,
  what: string,
  fault: Fault,
  on: "hot" | "all",
): Promise<boolean> {
  const inflicted = await faults.inflict(fault, on, AbortSignal.timeout(ANSWER_MS));
  if (!inflicted.ok) checks.notRun(what, inflicted.failure);
  return inflicted.ok;
}
