/** `POST /v1/chat/completions`: HTTP in, the spine, HTTP out, and one log line. */
import { runChat } from "../chat/run-chat.ts";
import type { Reply } from "../chat/reply.ts";
import { Trail } from "../chat/trail.ts";
import type { Deps } from "../deps.ts";
import type { CallLog } from "../domain/call-log.ts";
import type { CallUsage } from "../domain/call-usage.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Route } from "../domain/route.ts";
import { assertNever } from "../lib/assert-never.ts";
import { readChatRequest } from "./read-chat-request.ts";
import { refusalResponse } from "./refusal-response.ts";
import { replyHeaders } from "./reply-headers.ts";

export async function chatCompletions(request: Request, deps: Deps, requestId: string): Promise<Response> {
  const { clock, routing, breakers } = deps;
  const arrivedAtMs = clock.now();
  const trail = new Trail();
  const log = callLogger(requestId, trail, arrivedAtMs, deps);

  // The snapshot, where it is too old, is asked for while the body is read.
  const fresh = breakers.ready();
  const read = await readChatRequest(request, routing.limits.maxBodyBytes);
  if (fresh !== null) await fresh;
  if (!read.ok) return refuse(read.failure, null);

  const stream = read.value.stream === true;
  const call = { requestId, request: read.value, stream, readAtMs: clock.now(), callerSignal: request.signal };
  const reply = await runChat(call, trail, deps);
  return reply.ok ? answer(reply.value, read.value.model) : refuse(reply.failure, read.value);

  function refuse(refusal: Refusal, asked: { readonly model: string; readonly stream?: unknown } | null): Response {
    const response = refusalResponse(refusal, replyHeaders(requestId, trail, null));
    log({ model: asked?.model ?? "", stream: asked?.stream === true, status: response.status, outcome: refusal.kind });
    return response;
  }

  function answer(answered: Reply, model: string): Response {
    switch (answered.kind) {
      case "completion":
        log({ model, stream: false, status: 200, outcome: "answered", route: answered.route, usage: answered.usage });
        return new Response(answered.body, {
          headers: { ...replyHeaders(requestId, trail, answered.route), "content-type": "application/json" },
        });
      case "stream": {
        const firstWordsMs = clock.now() - arrivedAtMs;
        const logged = answered.ended.then(({ failure, usage }) =>
          log({
            model,
            stream: true,
            status: 200,
            outcome: failure?.kind ?? "answered",
            route: answered.route,
            usage,
            firstWordsMs,
          }),
        );
        deps.afterReply(logged);
        return new Response(answered.body, {
          headers: {
            ...replyHeaders(requestId, trail, answered.route),
            "content-type": "text/event-stream; charset=utf-8",
            "cache-control": "no-cache, no-transform",
          },
        });
      }
      case "queued":
        log({ model, stream, status: 202, outcome: "queued" });
        return Response.json(
          { status: "queued", job: { id: answered.jobId } },
          { status: 202, headers: { ...replyHeaders(requestId, trail, null), "x-lisbon-job": answered.jobId } },
        );
      default:
        return assertNever(answered);
    }
  }
}

interface Ended {
  readonly model: string;
  readonly stream: boolean;
  readonly status: number;
  readonly outcome: string;
  readonly route?: Route;
  readonly usage?: CallUsage;
  readonly firstWordsMs?: number;
}

/** What a caller wrote as `model` may be anything; a log line is no place for all of it. */
const MAX_MODEL_CHARS = 100;

function callLogger(requestId: string, trail: Trail, arrivedAtMs: number, deps: Deps): (ended: Ended) => void {
  return (ended) => {
    const line: CallLog = {
      event: "call",
      request_id: requestId,
      model: ended.model.slice(0, MAX_MODEL_CHARS),
      stream: ended.stream,
      status: ended.status,
      outcome: ended.outcome,
      route: ended.route?.id ?? null,
      tier: ended.route?.tier ?? null,
      attempts: trail.all(),
      ms: deps.clock.now() - arrivedAtMs,
      first_words_ms: ended.firstWordsMs ?? null,
      prompt_tokens: ended.usage?.promptTokens ?? null,
      completion_tokens: ended.usage?.completionTokens ?? null,
      usage: ended.usage?.source ?? null,
    };
    deps.log(line);
  };
}
