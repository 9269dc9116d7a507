/**
 * What becomes of a committed answer that broke off: another route goes on
 * with it, and the seam between the two is proven before the caller sees a
 * word; or it ends in a typed error. Never a clean end of half an answer.
 */
import { sumUsage, type CallUsage } from "../domain/call-usage.ts";
import { policyOf, type Failure } from "../domain/failure.ts";
import type { Clock } from "../lib/clock.ts";
import type { ChatChunk, LisbonNote } from "../openai/chat-chunk.ts";
import type { Pen } from "../openai/pen.ts";
import type { AnswerSource, GoOn, Leg } from "./answer-source.ts";
import type { CallerWriter } from "./caller-writer.ts";
import { forward } from "./forward.ts";
import { createSplice, type Splice } from "./splice.ts";
import { CALLER_GONE, type StreamEnd } from "./stream-end.ts";
import { whatBroke } from "./what-broke.ts";

export interface BrokenAnswer {
  readonly given: GivenAnswer;
  readonly failure: Failure;
  /** Null: this answer is not to be continued. */
  readonly goOn: GoOn | null;
  readonly pen: Pen;
  readonly caller: CallerWriter;
  readonly callerSignal: AbortSignal;
  readonly clock: Clock;
}

/** What the caller has been given of an answer, and what that cost. */
export interface GivenAnswer {
  /** The answer's first chunk: its id stays. Null: none came. */
  readonly head: ChatChunk | null;
  readonly said: string;
  /** Plain text that another route may go on with. */
  readonly canBeContinued: boolean;
  readonly usage: CallUsage;
  /** Read of the wire: `maxStreamBytes` holds for all routes together. */
  readonly bytes: number;
}

export function givenBy({ reader: { fold, rawBytes }, promptBytes }: AnswerSource): GivenAnswer {
  const { head, text, canBeContinued } = fold;
  return { head, said: text, canBeContinued, usage: fold.callUsage(promptBytes), bytes: rawBytes };
}

type Continued = NonNullable<LisbonNote["continued"]>[number];

/** Writes all that is still to come, and closes. */
export async function finishAnswer(broken: BrokenAnswer): Promise<StreamEnd> {
  const { given, pen, caller, callerSignal } = broken;
  const { head } = given;
  const usages = [given.usage];
  let { said, canBeContinued, bytes } = given;
  let { failure, goOn } = broken;
  const continued: Continued[] = [];

  while (goOn !== null && canBeContinued && mayMend(failure) && !callerSignal.aborted) {
    const leg: Leg | null = await goOn(said, failure);
    if (leg === null) break;
    if (head === null || callerSignal.aborted) {
      leg.watchdog.abort();
      leg.settle(CALLER_GONE);
      break;
    }
    const { routeId, prefilled } = leg;
    const splice = createSplice({ head, said, prefilled, note: { continued } });
    const named: Continued = { route: routeId, at_character: said.length, after: failure.kind };
    const limits = { ...leg.limits, maxStreamBytes: leg.limits.maxStreamBytes - bytes };
    const end = await play({ ...leg, limits }, splice, () => continued.push(named), broken);
    leg.settle(end);
    const part = givenBy(leg);
    usages.push(part.usage);
    bytes += part.bytes;
    if (end === null || (splice.proven() && saidAll(leg, end))) {
      const usage = sumUsage(usages);
      const last = pen.write(usageChunk(head, usage, { continued })) + pen.end();
      return { failure: (await caller.finish(last)) ? null : CALLER_GONE, usage };
    }
    said = splice.said();
    failure = end;
    canBeContinued = splice.proven() ? part.canBeContinued : end.kind !== "seam_unproven";
    goOn = leg.goOn;
  }

  const usage = sumUsage(usages);
  if (callerSignal.aborted || failure.kind === "caller_gone") return { failure: CALLER_GONE, usage };
  const told = await caller.finish(pen.error(failure.kind, BROKE_OFF));
  return { failure: told ? failure : CALLER_GONE, usage };
}

export const BROKE_OFF = "The provider's answer broke off. What came before this error is not the whole answer.";

/** A provider's own trouble may be mended by another; a bound that ran out, or the request's own fault, may not. */
function mayMend({ kind }: Failure): boolean {
  return policyOf(kind).tryNext !== "none" && kind !== "answer_too_large" && kind !== "internal_error";
}

/** Without its terminal event a route has failed, but a reason to end means that the caller has all it said. */
export function saidAll({ reader }: AnswerSource, failure: Failure): boolean {
  return failure.kind !== "caller_gone" && reader.inBandFailure === null && reader.fold.finishReason !== null;
}

/** One route's continuation; `begins`: before the first of it is shown. Null: the answer is whole with it. */
async function play(
  leg: Leg,
  splice: Splice,
  begins: () => void,
  { pen, caller, callerSignal, clock }: BrokenAnswer,
): Promise<Failure | null> {
  let stopped: Failure | null = null;
  let begun = false;
  const at = splice.said().length;
  const read = await forward(leg, clock, async (chunks) => {
    let events = "";
    for (const chunk of chunks) {
      const spliced = splice.take(chunk);
      if (!spliced.ok) {
        stopped = spliced.failure;
        return false;
      }
      if (!begun && splice.proven()) {
        begun = true;
        begins();
        events += comment(leg.routeId, at);
      }
      events += spliced.value.map(pen.write).join("");
    }
    return await caller.write(events);
  });
  // The hang-up has ended the route's connection too: that is no failure of it.
  if (callerSignal.aborted) return CALLER_GONE;
  if (!read) return stopped ?? CALLER_GONE;
  return whatBroke(leg.reader, leg.watchdog);
}

/**
 * For whoever reads the stream by eye, and to show a waiting connection that somebody is there. It begins the next
 * event and is none of its own: after an event with an id Python's `openai` would parse the data that it has not.
 */
function comment(routeId: string, at: number): string {
  return `: continued by ${routeId.replaceAll(/[\r\n]/g, " ")} at character ${at}\n`;
}

function usageChunk({ id, object, created, model }: ChatChunk, usage: CallUsage, note: LisbonNote): ChatChunk {
  const { promptTokens, completionTokens } = usage;
  return {
    id,
    object,
    created,
    model,
    choices: [],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
    x_lisbon: note,
  };
}
