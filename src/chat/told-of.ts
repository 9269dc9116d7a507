import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { LadderStepName } from "../domain/kind.ts";
import type { Route } from "../domain/route.ts";
import type { TextName } from "../domain/texts.ts";
import type { LisbonNote } from "../openai/chat-chunk.ts";
import { textsOf } from "./texts-of.ts";
import type { Trail } from "./trail.ts";

/** From here on a caller has waited long enough to wonder why. */
const SLOW_MS = 5_000;

const STEP_TEXTS: Readonly<Record<LadderStepName, TextName>> = {
  smaller_model: "smaller",
  shorter_context: "shorter",
  cached_answer: "cached",
};

/** What a caller is to know of an answer that this route gives now; null: it is the usual one, as nearly always. */
export function toldOf(
  route: Route,
  call: PlannedCall,
  trail: Trail,
  deps: Pick<Deps, "routing" | "breakers">,
): LisbonNote | null {
  const { degraded, request } = call;
  const isBackup = route.tier === "warm" && request.model !== route.model && request.model !== route.id;
  const isFallback = isBackup || degraded === "smaller_model";
  const isSlow = trail.lostMs() >= SLOW_MS || deps.breakers.slow(route);
  if (degraded === undefined && !isFallback && !isSlow) return null;

  const texts = textsOf(call, deps);
  const notices = [
    ...(degraded === undefined ? [] : [texts[STEP_TEXTS[degraded]]]),
    ...(isBackup ? [texts.backup] : []),
    ...(isSlow ? [texts.slow] : []),
  ];
  return {
    ...(isFallback && { from_fallback: true }),
    ...(degraded !== undefined && { degraded }),
    notice: notices.join("; "),
  };
}
