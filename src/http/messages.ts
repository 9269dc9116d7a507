import type { Caller } from "../domain/caller.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { answerCall } from "./answer-call.ts";
import type { CallerDialect } from "./caller-dialect.ts";
import { coldMessage } from "./cold-reply.ts";
import { readMessagesRequest } from "./read-messages-request.ts";
import { messagesRefusal } from "./refusal-response.ts";

const ANTHROPIC: CallerDialect = {
  id: "anthropic",
  read: readMessagesRequest,
  refuse: messagesRefusal,
  cold: coldMessage,
};

/** `POST /v1/messages`: Anthropic's dialect. https://platform.claude.com/docs/en/api/messages */
export function messages(request: Request, deps: WorkerDeps, requestId: string, caller: Caller): Promise<Response> {
  return answerCall(request, ANTHROPIC, deps, { requestId, caller });
}
