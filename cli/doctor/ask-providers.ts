/** Each route is asked for one token, as a probe asks it: it costs next to nothing, and says what the key is worth. */
import type { ProbeOutcome } from "../../src/breaker/probe.ts";
import type { FailureKind } from "../../src/domain/failure.ts";
import type { Routing } from "../../src/domain/routing.ts";
import { realClock } from "../../src/lib/clock.ts";
import { inParallel } from "../../src/lib/in-parallel.ts";
import { describeOff } from "../../src/routing/describe-off.ts";
import { probeRoute } from "../../src/probe-route.ts";
import { progressOn } from "../progress.ts";
import type { Looked } from "./finding.ts";

const AT_A_TIME = 4;

export async function askProviders({ routes, off }: Routing): Promise<readonly Looked[]> {
  const progress = progressOn();
  let done = 0;
  const asked = await inParallel(routes, AT_A_TIME, async (route) => {
    const outcome = await probeRoute(route, realClock, (url, init) => fetch(url, init));
    done += 1;
    progress.say(`asked ${done} of ${routes.length} routes`);
    return providerLine(route.id, outcome);
  });
  progress.done();
  return [
    ...asked,
    ...off.map(({ id, why }): Looked => ({ verdict: "skipped", what: id, said: `off: ${describeOff(why)}` })),
  ];
}

const NEXT: Readonly<Partial<Record<FailureKind, string>>> = {
  auth_failed: "Its key is wrong, or was taken back: make another at the provider.",
  quota_exhausted: "Its quota is used up: raise it at the provider, or wait.",
  credit_exhausted: "Its balance is empty: pay the provider.",
  model_not_found: "Is the model's name right, and may this account use it?",
  unreachable: "Is its baseUrl right, and is it running?",
  region_blocked: "The provider does not serve the place where this machine is; the Worker is elsewhere.",
};

export function providerLine(what: string, { ms, failure }: ProbeOutcome): Looked {
  if (failure === null) return { verdict: "ok", what, said: `answers in ${Math.round(ms)} ms` };
  const { kind } = failure;
  const detail = "detail" in failure ? `: ${failure.detail}` : "";
  // It is well, and was asked too often.
  const verdict = kind === "rate_limited" || kind === "overloaded" ? "warn" : "wrong";
  const next = NEXT[kind];
  return { verdict, what, said: `${kind}${detail}`, ...(next !== undefined && { next }) };
}
