import type { Deps } from "../deps.ts";
import type { Failure } from "../domain/failure.ts";
import { ok, type Result } from "../lib/result.ts";
import type { ChatCompletion } from "../openai/chat-completion.ts";
import type { LisbonNote } from "../openai/chat-chunk.ts";
import { notedPen, type Pen, type PenOptions } from "../openai/pen.ts";
import type { GoOn } from "../stream/answer-source.ts";
import { streamDialects } from "../stream/dialects.ts";
import { pump, type RunningStream } from "../stream/pump.ts";
import { relay } from "../stream/relay.ts";
import { wholeStream } from "../stream/whole-stream.ts";
import type { Attempted, AttemptContext, Flawed } from "./attempt-context.ts";
import { foundAtEnd, judgeCompletion } from "./judge-answer.ts";
import { openStream } from "./open-stream.ts";
import { isNative } from "./wire-for.ts";

/** As an unstreamed attempt: of what is left of the deadline, while another candidate remains. */
const SHARE_WHILE_OTHERS_REMAIN = 0.6;

/** `goOn`: who is asked where the answer breaks off after its first words; null: nobody. */
export async function attemptStream(
  context: AttemptContext,
  goOn: GoOn | null,
  deps: Deps,
): Promise<Result<Attempted, Failure>> {
  const { call, route, told } = context;
  const { kind, dialect, callerSignal } = call;
  const whole = kind.commit === "whole";
  // A job keeps what it passes on, limits are settled by what the provider reports, and a note goes into the last
  // chunk: each must see every event.
  const seen = whole || call.from.kind === "job" || context.money.needsUsage || told !== null;
  const pumped = isNative(call, route) && kind.stream === "pumped" && !seen;
  const opened = await openStream(context, pumped, deps);
  if (!opened.ok) return opened;

  const { client } = opened.value;
  const source = kind.quality === null || whole ? opened.value.source : foundAtEnd(opened.value.source, context);
  const options: PenOptions = { includeUsage: call.request.stream_options?.include_usage === true };
  const { clock } = context.send;
  const pen = (): Pen => noted(streamDialects[dialect].pen(options), told);
  let running: RunningStream;
  if (whole) {
    const limitMs = Math.max(0, call.deadlineAtMs - clock.now()) * (context.last ? 1 : SHARE_WHILE_OTHERS_REMAIN);
    let flawed: Flawed | null = null;
    const judge = (answer: ChatCompletion): boolean => {
      flawed = judgeCompletion(answer, call);
      return flawed === null;
    };
    const judged = kind.quality === null ? {} : { judge };
    const ended = await wholeStream({ source, pen: pen(), callerSignal, limitMs, clock, ...judged });
    if (!ended.ok) return ended;
    running = ended.value;
    if (flawed !== null) {
      // It was paid for; the breaker hears of it as of any attempt that failed.
      context.money.settle((await running.ended).usage);
      return ok({ kind: "stream", route, ...running, flawed });
    }
  } else if (client) {
    running = pump({ client, source, callerSignal, dialect: streamDialects[dialect], pen: options, goOn, clock });
  } else {
    running = relay({ source, callerSignal, pen: pen(), goOn, clock });
  }
  deps.afterReply(running.ended);
  return ok({ kind: "stream", route, body: running.body, ended: running.ended });
}

function noted(pen: Pen, told: LisbonNote | null): Pen {
  return told === null ? pen : notedPen(pen, told);
}
