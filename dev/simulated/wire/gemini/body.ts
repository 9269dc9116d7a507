/**
 * The request body of `generateContent`, checked as Google's JSON reader does
 * it: an unknown name is a 400, at any depth. The lists of fields are held
 * against the official SDK by the compiler where its types are those of the wire.
 * https://ai.google.dev/api/generate-content
 */
import type {
  Blob,
  FileData,
  FunctionCall,
  FunctionDeclaration,
  FunctionResponse,
  Part,
  Schema,
  ToolConfig,
} from "@google/genai";
import { z } from "zod";
import type { HttpReply } from "../wire-format.ts";
import { errorReply } from "./errors.ts";

type Fields<Of> = Partial<Record<keyof Of, z.ZodType>>;
const anything = z.unknown().optional();

const GeminiPart = z.strictObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  thoughtSignature: z.string().optional(),
  inlineData: z.strictObject({ mimeType: z.string(), data: z.string() } satisfies Fields<Blob>).optional(),
  fileData: z
    .strictObject({ mimeType: z.string().optional(), fileUri: z.string() } satisfies Fields<FileData>)
    .optional(),
  functionCall: z
    .strictObject({
      id: z.string().optional(),
      name: z.string(),
      args: z.record(z.string(), z.unknown()).optional(),
    } satisfies Fields<FunctionCall>)
    .optional(),
  functionResponse: z
    .strictObject({
      id: z.string().optional(),
      name: z.string(),
      response: z.record(z.string(), z.unknown()),
      willContinue: anything,
      scheduling: anything,
      parts: anything,
    } satisfies Fields<FunctionResponse>)
    .optional(),
  videoMetadata: anything,
  executableCode: anything,
  codeExecutionResult: anything,
  mediaResolution: anything,
} satisfies Fields<Part>);

const Content = z.strictObject({ role: z.string().optional(), parts: z.array(GeminiPart) });

/** An OpenAPI subset: `additionalProperties`, `$ref` or `const` are unknown names here. */
const GeminiSchema: z.ZodType = z.lazy(() =>
  z.strictObject({
    type: z.string().optional(),
    format: z.string().optional(),
    title: z.string().optional(),
    description: z.string().optional(),
    nullable: z.boolean().optional(),
    enum: z.array(z.string()).optional(),
    items: GeminiSchema.optional(),
    properties: z.record(z.string(), GeminiSchema).optional(),
    required: z.array(z.string()).optional(),
    propertyOrdering: z.array(z.string()).optional(),
    anyOf: z.array(GeminiSchema).optional(),
    minItems: anything,
    maxItems: anything,
    minLength: anything,
    maxLength: anything,
    minProperties: anything,
    maxProperties: anything,
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    pattern: z.string().optional(),
    default: anything,
    example: anything,
  } satisfies Record<keyof Schema, z.ZodType>),
);

const Declaration = z.strictObject({
  name: z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/),
  description: z.string().optional(),
  parameters: GeminiSchema.optional(),
  parametersJsonSchema: anything,
  response: anything,
  responseJsonSchema: anything,
  behavior: anything,
} satisfies Record<keyof FunctionDeclaration, z.ZodType>);

const Body = z.strictObject({
  contents: z.array(Content),
  systemInstruction: Content.optional(),
  tools: z
    .array(
      z.strictObject({
        functionDeclarations: z.array(Declaration).optional(),
        googleSearch: anything,
        codeExecution: anything,
        urlContext: anything,
      }),
    )
    .optional(),
  toolConfig: z
    .strictObject({
      functionCallingConfig: z
        .strictObject({
          mode: z.enum(["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"]).optional(),
          allowedFunctionNames: z.array(z.string()).optional(),
        })
        .optional(),
      retrievalConfig: anything,
    } satisfies Fields<ToolConfig>)
    .optional(),
  safetySettings: anything,
  cachedContent: z.string().optional(),
  labels: anything,
  store: anything,
  serviceTier: anything,
  model: z.string().optional(),
  generationConfig: z
    .strictObject({
      stopSequences: z.array(z.string()).max(5).optional(),
      responseMimeType: z.string().optional(),
      responseSchema: GeminiSchema.optional(),
      responseJsonSchema: anything,
      candidateCount: z.int().min(1).max(1).optional(),
      maxOutputTokens: z.int().min(1).optional(),
      temperature: z.number().min(0).max(2).optional(),
      topP: z.number().min(0).max(1).optional(),
      topK: z.number().optional(),
      seed: z.int().optional(),
      presencePenalty: z.number().optional(),
      frequencyPenalty: z.number().optional(),
      responseLogprobs: z.boolean().optional(),
      logprobs: z.int().optional(),
      thinkingConfig: z
        .strictObject({
          includeThoughts: z.boolean().optional(),
          thinkingBudget: z.int().optional(),
          thinkingLevel: z
            .enum([
              "THINKING_LEVEL_UNSPECIFIED",
              "MINIMAL",
              "LOW",
              "MEDIUM",
              "HIGH",
              "minimal",
              "low",
              "medium",
              "high",
            ])
            .optional(),
        })
        .optional(),
      responseModalities: anything,
      mediaResolution: anything,
      speechConfig: anything,
      imageConfig: anything,
    })
    .optional(),
});
export type Body = z.infer<typeof Body>;

export function readBody(body: unknown): Body | HttpReply {
  if (typeof body !== "object" || body === null) {
    return invalid("Invalid JSON payload received. Expected a value.");
  }
  const read = Body.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return issue === undefined ? invalid("Request contains an invalid argument.") : fromIssue(issue, body);
}

/** https://github.com/glowingjade/obsidian-smart-composer/issues/455 */
function fromIssue(issue: z.core.$ZodIssue, body: object): HttpReply {
  const field = fieldOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    const place = field === "" ? "" : ` at '${field}'`;
    return invalid(`Invalid JSON payload received. Unknown name "${issue.keys[0]}"${place}: Cannot find field.`, field);
  }
  if (field === "contents" && !("contents" in body)) {
    return invalid("* GenerateContentRequest.contents: contents is not specified\n");
  }
  return invalid(`Invalid value at '${field}': ${issue.message}`, field);
}

/** Google names places in snake case: `tools[0].function_declarations[5].parameters`. */
function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${snake(String(step))}`))
    .join("");
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function invalid(message: string, field?: string): HttpReply {
  const violation = { ...(field ? { field } : {}), description: message };
  return errorReply(
    400,
    "INVALID_ARGUMENT",
    message,
    field === undefined
      ? undefined
      : [{ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [violation] }],
  );
}
