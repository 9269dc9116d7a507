/** The rules between the fields of a request that Gemini checks before it answers. */
import type { HttpReply } from "../wire-format.ts";
import { type Body, invalid } from "./body.ts";

export function checkConversation(body: Body, model: string): HttpReply | undefined {
  return checkContents(body) ?? checkFunctionTurns(body) ?? checkSignatures(body, model) ?? checkConfig(body);
}

type Content = Body["contents"][number];

function checkContents({ contents }: Body): HttpReply | undefined {
  if (contents.length === 0) return invalid("* GenerateContentRequest.contents: contents is not specified\n");
  for (const [index, content] of contents.entries()) {
    const { role = "user", parts } = content;
    // `function` is the older name for a turn of function responses.
    if (!["user", "model", "function"].includes(role)) {
      return invalid("Please use a valid role: user, model.");
    }
    if (parts.length === 0) {
      return invalid(`* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.\n`);
    }
    const empty = parts.findIndex((part) =>
      Object.keys(part).every((name) => name === "thought" || name === "thoughtSignature"),
    );
    if (empty >= 0) {
      return invalid(
        `* GenerateContentRequest.contents[${index}].parts[${empty}].data: required oneof field 'data' must have one initialized field\n`,
      );
    }
  }
  return undefined;
}

/** https://ai.google.dev/gemini-api/docs/function-calling */
function checkFunctionTurns({ contents }: Body): HttpReply | undefined {
  for (const [index, content] of contents.entries()) {
    const calls = callsOf(content).length;
    const responses = responsesIn(contents[index + 1]);
    if (responsesIn(content) > 0 && callsOf(contents[index - 1]).length === 0) {
      return invalid("Please ensure that function response turn comes immediately after a function call turn.");
    }
    if (calls > 0 && contents[index - 1]?.role === "model") {
      return invalid(
        "Please ensure that function call turn comes immediately after a user turn or after a function response turn.",
      );
    }
    if (calls > 0 && index < contents.length - 1 && calls !== responses) {
      return invalid(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
      );
    }
  }
  return undefined;
}

/**
 * Gemini 3 wants the signature of the first call of each step of the current
 * turn back; these two texts stand in where a caller has none.
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */
const STAND_INS = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];
export const SIGNATURE_START = "CiSim";

export function signsCalls(model: string): boolean {
  return model.includes("gemini-3") || model.includes("think");
}

function checkSignatures({ contents }: Body, model: string): HttpReply | undefined {
  if (!signsCalls(model)) return undefined;
  const turnStart = contents.findLastIndex((content) => content.role !== "model" && responsesIn(content) === 0);
  for (const [index, content] of contents.entries()) {
    const first = content.parts.find((part) => part.functionCall !== undefined);
    if (index < turnStart || first === undefined) continue;
    const signature = first.thoughtSignature;
    if (signature === undefined) {
      return invalid(
        `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${first.functionCall?.name}\` , position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
      );
    }
    if (!signature.startsWith(SIGNATURE_START) && !STAND_INS.includes(signature)) {
      return invalid("Thought signature is not valid.");
    }
  }
  return undefined;
}

function checkConfig({ generationConfig: config, tools = [], toolConfig }: Body): HttpReply | undefined {
  const schema = config?.responseSchema ?? config?.responseJsonSchema;
  if (schema !== undefined && config?.responseMimeType !== "application/json") {
    return invalid(
      "* GenerateContentRequest.generation_config.response_mime_type: response_schema requires response_mime_type to be application/json\n",
    );
  }
  if (config?.responseSchema !== undefined && config.responseJsonSchema !== undefined) {
    return invalid("Only one of response_schema and response_json_schema may be set.");
  }
  if (config?.thinkingConfig?.thinkingBudget !== undefined && config.thinkingConfig.thinkingLevel !== undefined) {
    return invalid("You can only set only one of thinking budget and thinking level.");
  }
  const names = tools.flatMap((tool) => tool.functionDeclarations ?? []).map((declaration) => declaration.name);
  const calling = toolConfig?.functionCallingConfig;
  if (calling?.allowedFunctionNames !== undefined && calling.mode !== "ANY" && calling.mode !== "VALIDATED") {
    return invalid(
      "Function calling config: allowed_function_names should only be set when the mode is ANY or VALIDATED.",
    );
  }
  const unknown = calling?.allowedFunctionNames?.find((name) => !names.includes(name));
  return unknown === undefined
    ? undefined
    : invalid(`Function calling config: allowed_function_names contains "${unknown}", which is not declared.`);
}

function callsOf(content: Content | undefined): Content["parts"] {
  return (content?.parts ?? []).filter((part) => part.functionCall !== undefined);
}

function responsesIn(content: Content | undefined): number {
  return (content?.parts ?? []).filter((part) => part.functionResponse !== undefined).length;
}
