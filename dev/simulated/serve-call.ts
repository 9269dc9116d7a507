/**
 * One call to a simulated provider: which fault it meets, who calls, is the
 * request right, and then the answer at the model's pace. A provider in trouble
 * is in trouble before it checks keys, so faults come first.
 */
import type { ServerResponse } from "node:http";
import type { ReceivedCall } from "./calls.ts";
import type { FaultRules } from "./fault-rules.ts";
import type { Fault, ReplyFault } from "./faults.ts";
import { answer, emptyAnswer } from "./model/answer.ts";
import { type Pace, play, waitUntil } from "./play.ts";
import { type Script, streamScript, wholeScript } from "./script.ts";
import { type HttpReply, isReply, type Received, type Understood, type WireFormat } from "./wire/wire-format.ts";

interface ModelPace extends Pace {
  readonly firstTokenMs: number;
}

export interface Stage {
  readonly rules: FaultRules;
  readonly pace: ModelPace;
  readonly ownUrl: string;
}

export async function serveCall(
  received: Received,
  format: WireFormat,
  call: ReceivedCall,
  response: ServerResponse,
  stage: Stage,
): Promise<void> {
  const gone = watchCaller(call, response);
  const list = format.models(received);
  if (list !== undefined) return sendReply(list, call, response);

  const met = stage.rules.meet(received.provider, call.model);
  if (typeof met === "string") return sendReply(format.ownMistake(met), call, response);
  const { fault } = met;
  call.fault = fault?.name ?? null;
  if (breaksConnection(fault, call, response)) return;
  const latencyMs = met.latencyMs + (fault?.name === "latency" ? Number(fault.arg) : 0);
  if (!(await waitUntil(performance.now() + latencyMs, gone))) return;

  const reply = replyBefore(fault, format, received, call, stage);
  if (reply !== undefined) return sendReply(reply, call, response);

  const understood = format.authorise(received) ?? format.understand(received);
  if (isReply(understood)) return sendReply(understood, call, response);
  const script = scriptFor(understood, fault, format, stage.pace.firstTokenMs);
  call.status = 200;
  response.writeHead(200, {
    "content-type": script.contentType,
    ...(script.contentLength === undefined ? {} : { "content-length": script.contentLength }),
    ...(understood.streamed ? { "cache-control": "no-cache" } : {}),
    ...format.responseHeaders(JSON.stringify(received.body)),
    ...format.limitHeaders(fault?.name === "near-limit" ? Number(fault.arg) : FAR_FROM_LIMIT),
  });
  response.flushHeaders();
  await play(script.steps, response, stage.pace, gone, () => (call.finishedAt = Date.now()));
}

/** Percent of its requests that a healthy account has left. */
const FAR_FROM_LIMIT = 98;

/** Notes when the caller leaves before we have finished; our own cuts are no hang-ups. */
function watchCaller(call: ReceivedCall, response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (response.writableFinished) call.finishedAt ??= Date.now();
    if (call.finishedAt === null) call.abortedAt = Date.now();
    controller.abort();
  });
  return controller.signal;
}

function breaksConnection(fault: Fault | undefined, call: ReceivedCall, response: ServerResponse): boolean {
  switch (fault?.name) {
    case "refuse":
      call.finishedAt = Date.now();
      response.socket?.destroy();
      return true;
    case "reset":
      call.finishedAt = Date.now();
      response.socket?.resetAndDestroy();
      return true;
    case "silent":
      return true;
    default:
      return false;
  }
}

function replyBefore(
  fault: Fault | undefined,
  format: WireFormat,
  received: Received,
  call: ReceivedCall,
  stage: Stage,
): HttpReply | undefined {
  if (fault === undefined) return undefined;
  if (fault.name === "html") return HTML_PAGE;
  if (fault.name === "redirect") {
    const location = fault.arg === "" ? `${stage.ownUrl}/redirected${call.path}` : fault.arg;
    return { status: 302, headers: { location, "content-type": "text/plain" }, body: "Found" };
  }
  if (!isReplyFault(fault.name, format)) return undefined;
  const context = { model: call.model ?? "", arg: fault.arg, streamed: format.wantsStream(received) };
  return format.errors[fault.name](context);
}

function isReplyFault(name: Fault["name"], format: WireFormat): name is ReplyFault {
  return Object.hasOwn(format.errors, name);
}

const HTML_PAGE: HttpReply = {
  status: 200,
  headers: { "content-type": "text/html; charset=utf-8" },
  body: "<!doctype html>\n<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>\n",
};

function scriptFor(
  { question, streamed, whole, frames }: Understood,
  fault: Fault | undefined,
  format: WireFormat,
  firstTokenMs: number,
): Script {
  const given = fault?.name === "empty" ? emptyAnswer(question, "stop") : answer(question);
  return streamed
    ? streamScript(frames(given), fault, format, firstTokenMs)
    : wholeScript(whole(given), given.usage.output, fault, format, firstTokenMs);
}

function sendReply(reply: HttpReply, call: ReceivedCall, response: ServerResponse): void {
  call.status = reply.status;
  response.writeHead(reply.status, { ...reply.headers, "content-length": Buffer.byteLength(reply.body) });
  response.end(reply.body);
}
