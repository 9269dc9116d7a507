import { idFrom } from "../../model/pick.ts";
import type { AnswerFormat, Question, ToolChoice, Turn } from "../../model/question.ts";
import { type HttpReply, isReply, type Received, type Understood } from "../wire-format.ts";
import { type Body, invalid, readBody } from "./body.ts";
import { checkConversation, signsCalls } from "./conversation.ts";
import { framesOf, type Stamp, wholeOf } from "./reply.ts";

export const CALL_PATH = /\/v1(?:beta)?\/models\/(?<model>[^/]+):(?<verb>generateContent|streamGenerateContent)$/;

export function understand(received: Received): Understood | HttpReply {
  const { model: encoded = "", verb } = CALL_PATH.exec(received.path)?.groups ?? {};
  const model = decodeURIComponent(encoded);
  const streamed = verb === "streamGenerateContent";
  const body = readBody(received.body);
  if (isReply(body)) return body;
  const wrong = checkConversation(body, model);
  if (wrong !== undefined) return wrong;
  if (streamed && received.query.get("alt") !== "sse") {
    return invalid("simulated provider: streamGenerateContent is served with ?alt=sse only");
  }

  const stamp: Stamp = {
    responseId: idFrom(JSON.stringify(body), 24),
    modelVersion: model,
    showsThoughts: body.generationConfig?.thinkingConfig?.includeThoughts === true,
    signsCalls: signsCalls(model),
  };
  return {
    question: questionOf(body, model),
    streamed,
    whole: (answer) => wholeOf(answer, stamp),
    frames: (answer) => framesOf(answer, stamp),
  };
}

function questionOf(body: Body, model: string): Question {
  const { generationConfig: config = {} } = body;
  const last = body.contents.at(-1);
  return {
    model,
    system: (body.systemInstruction?.parts ?? []).map((part) => part.text ?? "").join("\n"),
    turns: body.contents.map(turnOf),
    images: (last?.parts ?? []).filter((part) => part.inlineData !== undefined || part.fileData !== undefined).length,
    tools: (body.tools ?? [])
      .flatMap((tool) => tool.functionDeclarations ?? [])
      .map(({ name, parameters, parametersJsonSchema }) => ({ name, schema: parameters ?? parametersJsonSchema })),
    toolChoice: toolChoiceOf(body),
    parallelTools: true,
    format: formatOf(config),
    stop: config.stopSequences ?? [],
    maxTokens: config.maxOutputTokens,
    thinks: thinks(config, model),
    cacheable: true,
    seed: config.seed,
  };
}

type Content = Body["contents"][number];
type Config = NonNullable<Body["generationConfig"]>;

function turnOf({ role, parts }: Content): Turn {
  const results = parts.flatMap((part) =>
    part.functionResponse ? [JSON.stringify(part.functionResponse.response)] : [],
  );
  if (results.length > 0) return { role: "tool", text: results.join("; ") };
  const text = parts
    .map((part) => part.text ?? (part.functionCall ? JSON.stringify(part.functionCall) : ""))
    .join("\n");
  return { role: role === "model" ? "assistant" : "user", text };
}

function toolChoiceOf({ toolConfig }: Body): ToolChoice {
  const { mode = "AUTO", allowedFunctionNames: names } = toolConfig?.functionCallingConfig ?? {};
  if (mode === "NONE") return { kind: "none" };
  if (mode !== "ANY") return { kind: "auto" };
  return names === undefined ? { kind: "required" } : { kind: "named", names };
}

function formatOf(config: Config): AnswerFormat {
  if (config.responseMimeType !== "application/json") return { kind: "text" };
  const schema = config.responseSchema ?? config.responseJsonSchema;
  return schema === undefined ? { kind: "json" } : { kind: "schema", schema };
}

/** A budget of 0 turns thinking off: https://ai.google.dev/gemini-api/docs/thinking */
function thinks({ thinkingConfig }: Config, model: string): boolean {
  if (thinkingConfig?.thinkingBudget === 0) return false;
  const asked = thinkingConfig?.thinkingBudget !== undefined || thinkingConfig?.thinkingLevel !== undefined;
  return asked || thinkingConfig?.includeThoughts === true || model.includes("think");
}
