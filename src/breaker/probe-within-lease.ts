import { wait, type Clock } from "../lib/clock.ts";
import type { ProbeOutcome } from "./probe.ts";

/** A probe that takes longer than its lease is taken for lost; one that throws for a host out of reach. */
export async function probeWithinLease(
  probe: () => Promise<ProbeOutcome>,
  limitMs: number,
  clock: Clock,
): Promise<ProbeOutcome> {
  const startedAtMs = clock.now();
  const silence = new AbortController();
  const tooLong = wait(clock, limitMs, silence.signal).then((): ProbeOutcome => {
    return { ms: limitMs, failure: { kind: "timed_out", detail: "the probe was not answered" } };
  });
  try {
    return await Promise.race([probe(), tooLong]);
  } catch (cause) {
    const detail = `the probe broke: ${String(cause)}`.slice(0, 300);
    return { ms: clock.now() - startedAtMs, failure: { kind: "unreachable", detail } };
  } finally {
    silence.abort();
  }
}
