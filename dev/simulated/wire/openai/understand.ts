import { idFrom } from "../../model/pick.ts";
import type { Question, ToolChoice, Turn } from "../../model/question.ts";
import { type HttpReply, isReply, type Received, type Understood } from "../wire-format.ts";
import { type Body, readBody } from "./body.ts";
import { checkConversation } from "./conversation.ts";
import { type Stamp, framesOf, wholeOf } from "./reply.ts";

export function understand(received: Received): Understood | HttpReply {
  const body = readBody(received.body);
  if (isReply(body)) return body;
  const wrong = checkConversation(body);
  if (wrong !== undefined) return wrong;

  const stamp: Stamp = {
    id: `chatcmpl-${idFrom(JSON.stringify(body), 29)}`,
    created: Math.floor(Date.now() / 1000),
    model: body.model,
    // DeepSeek and most local servers show their reasoning, OpenAI does not: https://api-docs.deepseek.com/guides/reasoning_model
    showsReasoning: body.model.includes("think"),
    includeUsage: body.stream_options?.include_usage === true,
  };
  return {
    question: questionOf(body),
    streamed: body.stream === true,
    whole: (answer) => wholeOf(answer, stamp),
    frames: (answer) => framesOf(answer, stamp),
  };
}

function questionOf(body: Body): Question {
  const effort = body.reasoning_effort ?? "none";
  return {
    model: body.model,
    system: body.messages.filter(isInstruction).map(textOf).join("\n"),
    turns: body.messages.filter((message) => !isInstruction(message)).map(turnOf),
    images: imagesIn(body.messages.at(-1)),
    tools: (body.tools ?? []).map((tool) => ({ name: tool.function.name, schema: tool.function.parameters })),
    toolChoice: toolChoiceOf(body),
    parallelTools: body.parallel_tool_calls !== false,
    format: formatOf(body),
    stop: typeof body.stop === "string" ? [body.stop] : (body.stop ?? []),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    thinks: body.model.includes("think") || !["none", "minimal"].includes(effort),
    cacheable: true,
    seed: body.seed ?? undefined,
  };
}

type Message = Body["messages"][number];

function isInstruction(message: Message): boolean {
  return message.role === "system" || message.role === "developer";
}

function turnOf(message: Message): Turn {
  const role = message.role === "assistant" || message.role === "tool" ? message.role : "user";
  const calls = message.role === "assistant" && message.tool_calls ? JSON.stringify(message.tool_calls) : "";
  return { role, text: textOf(message) + calls };
}

function textOf({ content }: Message): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => ("text" in part && typeof part.text === "string" ? part.text : "")).join("\n");
}

function imagesIn(message: Message | undefined): number {
  if (message?.role !== "user" || typeof message.content === "string") return 0;
  return message.content.filter((part) => part.type === "image_url").length;
}

function toolChoiceOf({ tool_choice: choice = "auto" }: Body): ToolChoice {
  return typeof choice === "string" ? { kind: choice } : { kind: "named", names: [choice.function.name] };
}

function formatOf({ response_format: format }: Body): Question["format"] {
  if (format?.type === "json_schema") return { kind: "schema", schema: format.json_schema.schema };
  return { kind: format?.type === "json_object" ? "json" : "text" };
}
