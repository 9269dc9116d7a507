import type { Question, ToolChoice, Turn } from "../../model/question.ts";
import { type HttpReply, isReply, type Received, type Understood } from "../wire-format.ts";
import { type Block, type Body, readBody } from "./body.ts";
import { checkConversation, schemaOf } from "./conversation.ts";
import { framesOf, wholeOf } from "./reply.ts";

export interface Called {
  readonly model: string;
  readonly streamed: boolean;
}

/** `/model/MODEL/converse`; the model is one segment, whatever it holds. */
export function calledIn({ path }: Received): Called | null {
  const [, model, stream] = /\/model\/([^/]+)\/converse(-stream)?$/.exec(path) ?? [];
  return model === undefined ? null : { model: decodeURIComponent(model), streamed: stream !== undefined };
}

export function understand(received: Received): Understood | HttpReply {
  const { model, streamed } = calledIn(received) ?? { model: "", streamed: false };
  const body = readBody(received.body);
  if (isReply(body)) return body;
  const wrong = checkConversation(body, model);
  if (wrong !== undefined) return wrong;
  return {
    question: questionOf(body, model),
    streamed,
    whole: (given) => wholeOf(given),
    frames: (given) => framesOf(given),
  };
}

function questionOf(body: Body, model: string): Question {
  const schema = body.outputConfig?.textFormat?.structure.jsonSchema.schema;
  const fields = body.additionalModelRequestFields;
  return {
    model,
    system: (body.system ?? []).map((block) => block.text).join("\n"),
    turns: body.messages.map(turnOf),
    images: (body.messages.at(-1)?.content ?? []).filter((block) => "image" in block).length,
    tools: (body.toolConfig?.tools ?? []).map(({ toolSpec }) => ({
      name: toolSpec.name,
      schema: toolSpec.inputSchema.json,
    })),
    toolChoice: toolChoiceOf(body),
    parallelTools: fields?.tool_choice?.disable_parallel_tool_use !== true,
    format: schema === undefined ? { kind: "text" } : { kind: "schema", schema: schemaOf(schema) },
    stop: body.inferenceConfig?.stopSequences ?? [],
    maxTokens: body.inferenceConfig?.maxTokens,
    thinks: fields?.thinking === undefined ? model.includes("think") : fields.thinking.type !== "disabled",
    // Only what a cachePoint marks is cached, and Lisbon sends none.
    cacheable: false,
    seed: undefined,
  };
}

function turnOf({ role, content }: Body["messages"][number]): Turn {
  const hasResults = content.some((block) => "toolResult" in block);
  return { role: hasResults ? "tool" : role, text: content.map(textOf).join("\n") };
}

function textOf(block: Block): string {
  if ("text" in block) return block.text;
  if ("toolUse" in block) return JSON.stringify(block);
  if (!("toolResult" in block)) return "";
  return block.toolResult.content
    .map((part) => ("text" in part ? part.text : "json" in part ? JSON.stringify(part.json) : ""))
    .join(" ");
}

function toolChoiceOf({ toolConfig }: Body): ToolChoice {
  const choice = toolConfig?.toolChoice;
  if (choice === undefined || "auto" in choice) return { kind: "auto" };
  return "any" in choice ? { kind: "required" } : { kind: "named", names: [choice.tool.name] };
}
