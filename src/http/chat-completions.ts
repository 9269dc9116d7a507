import type { Caller } from "../domain/caller.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { answerCall } from "./answer-call.ts";
import type { CallerDialect } from "./caller-dialect.ts";
import { coldReply } from "./cold-reply.ts";
import { readChatRequest } from "./read-chat-request.ts";
import { refusalResponse } from "./refusal-response.ts";

const OPENAI: CallerDialect = { id: "openai", read: readChatRequest, refuse: refusalResponse, cold: coldReply };

/** `POST /v1/chat/completions` */
export function chatCompletions(
  request: Request,
  deps: WorkerDeps,
  requestId: string,
  caller: Caller,
): Promise<Response> {
  return answerCall(request, OPENAI, deps, { requestId, caller });
}
