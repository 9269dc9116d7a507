/** Asks one route for a stream and reads it up to its first words: until then any failure goes unseen. */
import type { Deps } from "../deps.ts";
import type { Failure } from "../domain/failure.ts";
import { readTextUpTo } from "../lib/read-text.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { connectionFailure, send } from "../providers/send.ts";
import { AnswerReader } from "../stream/answer-reader.ts";
import type { AnswerSource } from "../stream/answer-source.ts";
import { untilFirstWords } from "../stream/commit-gate.ts";
import { attemptClock } from "./attempt-clock.ts";
import type { AttemptContext } from "./attempt-context.ts";
import { outgoingKey } from "./outgoing-key.ts";
import { wireFor } from "./wire-for.ts";

/** A streamed attempt takes at most this of the time that is left before its first words, while another candidate remains. */
const SHARE_WHILE_OTHERS_REMAIN = 0.5;
/** A JSON or HTML page larger than this says nothing that its beginning does not say. */
const MAX_PAGE_BYTES = 65_536;

export interface OpenStream {
  readonly source: AnswerSource;
  /** Pumped only: the branch for the caller, which still holds every byte. */
  readonly client: ReadableStream<Uint8Array> | null;
}

/** `pumped`: the caller is sent the provider's own bytes. */
export async function openStream(
  context: AttemptContext,
  pumped: boolean,
  deps: Deps,
): Promise<Result<OpenStream, Failure>> {
  const { watchdog } = context.send;
  const opened = await open(context, pumped, deps);
  watchdog.disarm();
  // A failed attempt's connection is of no use to anybody.
  if (!opened.ok) watchdog.abort();
  return opened;
}

async function open(context: AttemptContext, pumped: boolean, deps: Deps): Promise<Result<OpenStream, Failure>> {
  const { route, provider, call, last, leftMs, send: sending } = context;
  const { watchdog, clock } = sending;
  const startedAtMs = clock.now();
  const shareMs = last ? leftMs : leftMs * SHARE_WHILE_OTHERS_REMAIN;
  watchdog.arm(attemptClock(route.clocks.headersMs, "headersMs", shareMs));

  const wire = wireFor(context, { stream: true, withUsage: !pumped });
  const response = await send({ wire, idempotencyKey: await outgoingKey(call, route, wire.body) }, sending);
  if (!response.ok) return response;
  const notAStream = await pageInstead(response.value, context);
  if (notAStream !== null) return fail(notAStream);
  if (!response.value.body) return fail({ kind: "empty_answer", detail: "a 200 without a body" });

  const usedMs = clock.now() - startedAtMs;
  watchdog.arm(attemptClock(route.clocks.firstTokenMs, "firstTokenMs", shareMs - usedMs, usedMs));
  const [client, watch] = pumped ? response.value.body.tee() : [null, response.value.body];
  const reader = new AnswerReader(watch, provider.fromStream(context.stamp), clock, !pumped, provider.eventParser?.());
  const words = await untilFirstWords(reader, {
    mayBeEmpty: context.stamp.mayBeEmpty,
    lost: () => connectionFailure(sending, "stream_cut"),
  });
  if (!words.ok) {
    reader.cancel();
    // A branch that nobody reads would keep the connection.
    void client?.cancel().catch(() => undefined);
    return words;
  }
  const durationMs = clock.now() - startedAtMs;
  const { maxStreamBytes, drainMs } = deps.routing.limits;
  const maxStreamMs = Math.min(route.clocks.maxStreamMs, context.mostStreamMs - durationMs);
  const promptBytes = wire.body.length;
  return ok({
    client,
    source: {
      reader,
      watchdog,
      limits: { idleMs: route.clocks.idleMs, maxStreamMs, maxStreamBytes, drainMs },
      promptBytes,
      // A stream is a success only at its end, and only then it is known what it cost.
      settle: (failure) => {
        deps.breakers.record({ route, startedAtMs, durationMs, streamed: true, failure });
        context.money.settle(reader.fold.callUsage(promptBytes));
      },
    },
  });
}

/** A 200 that is no event stream: an error as JSON, or somebody's HTML. Null: it may well be a stream. */
async function pageInstead(response: Response, context: AttemptContext): Promise<Failure | null> {
  const type = response.headers.get("content-type") ?? "";
  if (!type.includes("json") && !type.includes("html")) return null;
  const { provider, send: sending, stamp } = context;
  let text: string;
  try {
    text = await readTextUpTo(response, MAX_PAGE_BYTES);
  } catch {
    return connectionFailure(sending, "reset");
  }
  const unreadable: Failure = { kind: "unreadable", detail: `asked for a stream, got ${type}` };
  try {
    const whole = provider.fromResponse(JSON.parse(text), stamp);
    return whole.ok ? unreadable : whole.failure;
  } catch {
    return unreadable; // not JSON at all
  }
}
