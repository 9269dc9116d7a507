import { idFrom } from "../../model/pick.ts";
import type { Question, ToolChoice, Turn } from "../../model/question.ts";
import { type HttpReply, isReply, type Received, type Understood } from "../wire-format.ts";
import { isVersion } from "./authorise.ts";
import { type Body, readBody } from "./body.ts";
import { checkConversation } from "./conversation.ts";
import { framesOf, type Stamp, wholeOf } from "./reply.ts";

export function understand(received: Received): Understood | HttpReply {
  const version = received.headers["anthropic-version"];
  const body = readBody(received.body, isVersion(version) ? version : "2023-06-01");
  if (isReply(body)) return body;
  const wrong = checkConversation(body);
  if (wrong !== undefined) return wrong;

  const { thinking } = body;
  const stamp: Stamp = {
    id: `msg_01${idFrom(JSON.stringify(body), 22)}`,
    model: body.model,
    showsThinking: !(thinking !== undefined && "display" in thinking && thinking.display === "omitted"),
  };
  return {
    question: questionOf(body),
    streamed: body.stream === true,
    whole: (answer) => wholeOf(answer, stamp),
    frames: (answer) => framesOf(answer, stamp),
  };
}

function questionOf(body: Body): Question {
  const schema = body.output_config?.format?.schema;
  return {
    model: body.model,
    system: typeof body.system === "string" ? body.system : (body.system ?? []).map((block) => block.text).join("\n"),
    turns: body.messages.map(turnOf),
    images: blocksOf(body.messages.at(-1)).filter((block) => block.type === "image").length,
    tools: (body.tools ?? []).map((tool) => ({ name: tool.name, schema: tool.input_schema })),
    toolChoice: toolChoiceOf(body),
    parallelTools: !(
      body.tool_choice &&
      "disable_parallel_tool_use" in body.tool_choice &&
      body.tool_choice.disable_parallel_tool_use
    ),
    format: schema === undefined ? { kind: "text" } : { kind: "schema", schema },
    stop: body.stop_sequences ?? [],
    maxTokens: body.max_tokens,
    thinks: thinksAbout(body),
    // Only what is marked is cached: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
    cacheable: JSON.stringify(body).includes('"cache_control":{'),
    seed: undefined,
  };
}

type Message = Body["messages"][number];
type Block = Exclude<Message["content"], string>[number];

function turnOf(message: Message): Turn {
  const blocks = blocksOf(message);
  const text = typeof message.content === "string" ? message.content : blocks.map(textOf).join("\n");
  const hasResults = blocks.some((block) => block.type === "tool_result");
  return { role: hasResults ? "tool" : message.role, text };
}

function textOf(block: Block): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "tool_use":
      return JSON.stringify(block);
    case "tool_result":
      if (typeof block.content === "string") return block.content;
      return (block.content ?? []).map((part) => (part.type === "text" ? part.text : "")).join(" ");
    default:
      return "";
  }
}

function blocksOf(message: Message | undefined): readonly Block[] {
  return message === undefined || typeof message.content === "string" ? [] : message.content;
}

function toolChoiceOf({ tool_choice: choice }: Body): ToolChoice {
  switch (choice?.type) {
    case "tool":
      return { kind: "named", names: [choice.name] };
    case "any":
      return { kind: "required" };
    case "none":
      return { kind: "none" };
    default:
      return { kind: "auto" };
  }
}

function thinksAbout({ model, thinking, messages }: Body): boolean {
  switch (thinking?.type) {
    case "enabled":
    case "adaptive":
      return true;
    case "between_tools":
      return blocksOf(messages.at(-1)).some((block) => block.type === "tool_result");
    case "disabled":
      return false;
    default:
      return model.includes("think");
  }
}
