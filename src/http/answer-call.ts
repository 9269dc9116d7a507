/** One call, in whichever dialect: HTTP in, the spine, HTTP out, and one log line. */
import { cachedBody } from "../chat/cached-body.ts";
import { callLogger } from "../chat/call-logger.ts";
import { runChat } from "../chat/run-chat.ts";
import type { Reply } from "../chat/reply.ts";
import { Trail } from "../chat/trail.ts";
import type { Call, NativeRequest } from "../domain/call.ts";
import { hopsOf } from "../domain/hop.ts";
import type { Caller } from "../domain/caller.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Route } from "../domain/route.ts";
import { textsFor } from "../domain/texts.ts";
import { answerId } from "../identity/answer-id.ts";
import { assertNever } from "../lib/assert-never.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { refuseKind, refuseRevoked } from "./authenticate.ts";
import { FAULT_HEADER, withCallFaults } from "./call-faults.ts";
import { boundOutput } from "./bound-output.ts";
import type { CallerDialect } from "./caller-dialect.ts";
import { loopNotice } from "./loop-notice.ts";
import { originOf } from "./origin-of.ts";
import { readWishes } from "./read-wishes.ts";
import { refuseExtras } from "./refuse-extras.ts";
import { replyHeaders } from "./reply-headers.ts";

export async function answerCall(
  request: Request,
  dialect: CallerDialect,
  deps: WorkerDeps,
  { requestId, caller }: { readonly requestId: string; readonly caller: Caller },
): Promise<Response> {
  const { clock, routing, breakers } = deps;
  const arrivedAtMs = clock.now();
  const trail = new Trail();
  const texts = textsFor(routing.texts, request.headers.get("accept-language"));
  const log = callLogger(requestId, trail, arrivedAtMs, deps);

  const hops = hopsOf(request.headers, deps.hop.deployment);
  if (hops === null) {
    tellOfLoop(request, deps);
    return refuse({ kind: "routing_loop" }, null);
  }

  // The snapshot, where it is too old, is asked for while the body is read.
  const fresh = breakers.ready();
  const read = await dialect.read(request, routing.limits.maxBodyBytes);
  if (fresh !== null) await fresh;
  if (!read.ok) return refuse(read.failure, null);
  const revoked = refuseRevoked(caller, deps);
  const unwanted =
    (revoked instanceof Promise ? await revoked : revoked) ?? refuseKind(read.value.request.model, caller, deps);
  if (unwanted !== null) return refuse(unwanted, read.value.request);
  const extra = refuseExtras(read.value, caller);
  if (extra !== null) return refuse(extra, read.value.request);
  const bounded = boundOutput(read.value, caller);
  if (!bounded.ok) return refuse(bounded.failure, read.value.request);
  const understood = readWishes(request, bounded.value.request, deps.settings, caller);
  if (!understood.ok) return refuse(understood.failure, read.value.request);

  const asked = understood.value.request;
  const stream = asked.stream === true;
  const call: Call = {
    requestId,
    dialect: dialect.id,
    request: asked,
    // Beta features are its server's choice.
    native: caller.by === "server_key" ? read.value.native : withoutHeaders(read.value.native),
    stream,
    readAtMs: clock.now(),
    callerSignal: request.signal,
    hops,
    texts,
    from: {
      kind: "caller",
      tenant: caller.tenant,
      user: caller.user,
      token: caller.token,
      wishes: understood.value.wishes,
      calledUrl: request.url,
    },
  };
  const faulty = request.headers.has(FAULT_HEADER)
    ? withCallFaults(request.headers, understood.value.wishes, deps)
    : null;
  if (faulty?.ok === false) return refuse(faulty.failure, asked);
  const reply = await runChat(call, trail, faulty?.value ?? deps);
  return reply.ok ? await answer(reply.value, asked.model) : refuse(reply.failure, asked);

  function refuse(refusal: Refusal, of: { readonly model: string; readonly stream?: unknown } | null): Response {
    const response = dialect.refuse(refusal, replyHeaders(requestId, trail, null), texts);
    log({ model: of?.model ?? "", stream: of?.stream === true, status: response.status, outcome: refusal.kind });
    return response;
  }

  /** What the reply has as its id: whoever rates the answer sends it back. */
  function idOf(route: Route | null): string | Promise<string> {
    const { settings, identities } = deps;
    const [secret] = settings.keySecrets;
    if (route === null || secret === undefined) return requestId;
    const answered = { tenant: caller.tenant, routeId: route.id, secret };
    return answerId(requestId, answered, clock.now(), identities.sealKeys);
  }

  async function answer(answered: Reply, model: string): Promise<Response> {
    switch (answered.kind) {
      case "completion":
        log({ model, stream: false, status: 200, outcome: "answered", route: answered.route, usage: answered.usage });
        return new Response(answered.body, {
          headers: { ...replyHeaders(await idOf(answered.route), trail, answered.route), ...JSON_BODY },
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
          headers: { ...replyHeaders(await idOf(answered.route), trail, answered.route), ...EVENT_STREAM },
        });
      }
      case "job_answer": {
        const { jobId, body, from } = answered;
        // The job's own run has logged the answer; this is the line of who asked for it.
        log({ model, stream, status: 200, outcome: "answered_by_job", jobId });
        trail.told = from?.told ?? null;
        const isKept = from?.told?.from_cache === true;
        const route = isKept ? null : (deps.routing.routes.find(({ id }) => id === from?.route) ?? null);
        // What it went through is in the job's history and in the log of its run.
        const { "x-lisbon-attempts": _, "x-lisbon-trail": __, ...told } = replyHeaders(await idOf(route), trail, route);
        const headers = { ...told, "x-lisbon-job": jobId };
        return new Response(body, { headers: { ...headers, ...(stream ? EVENT_STREAM : JSON_BODY) } });
      }
      case "cached": {
        log({ model, stream, status: 200, outcome: "answered_from_cache" });
        const includeUsage = asked.stream_options?.include_usage === true;
        trail.told = answered.told;
        return new Response(cachedBody(answered, { dialect: dialect.id, stream, includeUsage }), {
          headers: {
            ...replyHeaders(requestId, trail, null),
            ...(stream ? EVENT_STREAM : JSON_BODY),
          },
        });
      }
      case "queued": {
        const { parked, onCold } = answered;
        const origin = originOf(request, deps);
        const response = dialect.cold({ parked, onCold, stream, origin, texts }, replyHeaders(requestId, trail, null));
        log({ model, stream, status: response.status, outcome: "queued", jobId: parked.jobId });
        return response;
      }
      default:
        return assertNever(answered);
    }
  }
}

/** Each call to that route comes back, and one notice says it all. */
const TELL_AGAIN_MS = 600_000;

function tellOfLoop({ url }: Request, { hop, clock, routing, notifier, afterReply, logError }: WorkerDeps): void {
  const now = clock.now();
  if (hop.loopToldAtMs !== null && now - hop.loopToldAtMs < TELL_AGAIN_MS) return;
  hop.loopToldAtMs = now;
  const told = notifier().raise(loopNotice(url, routing, now));
  afterReply(told.catch((cause: unknown) => logError("", cause)));
}

function withoutHeaders(native: NativeRequest | null): NativeRequest | null {
  return native && { ...native, headers: {} };
}

const JSON_BODY = { "content-type": "application/json" };
const EVENT_STREAM = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache, no-transform" };
