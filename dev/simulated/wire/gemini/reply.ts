/**
 * Answers in Gemini's bytes, built from the official SDK's own types so that
 * the compiler checks them.
 * https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
 */
import {
  type Candidate,
  FinishReason,
  type GenerateContentResponse,
  MediaModality,
  type ModalityTokenCount,
  type Part,
} from "@google/genai";
import { assertNever } from "../../../../src/lib/assert-never.ts";
import { idFrom } from "../../model/pick.ts";
import type { Answer, ToolCall } from "../../model/question.ts";
import { countTokens, piecesOf } from "../../model/tokens.ts";
import type { Frame } from "../wire-format.ts";
import { SIGNATURE_START } from "./conversation.ts";

/** The SDK's response is a class with getters; these are its fields on the wire. */
export type WireResponse = Pick<
  GenerateContentResponse,
  "candidates" | "promptFeedback" | "usageMetadata" | "modelVersion" | "responseId"
>;

export interface Stamp {
  readonly responseId: string;
  readonly modelVersion: string;
  readonly showsThoughts: boolean;
  readonly signsCalls: boolean;
}

/** Gemini sends several tokens in an event. */
const TOKENS_PER_EVENT = 4;

export function wholeOf(answer: Answer, stamp: Stamp): string {
  const parts = [...thoughtsOf(answer, stamp), ...(answer.text === "" ? [] : [{ text: answer.text }])];
  return JSON.stringify(
    responseOf(
      [...parts, ...callsOf(answer, stamp)],
      finishReasonOf(answer),
      usageOf(answer, answer.usage.output),
      stamp,
    ),
  );
}

/** There is no terminal event: the last chunk brings the finish reason, together with the last words. */
export function framesOf(answer: Answer, stamp: Stamp): Frame[] {
  const parts: { part: Part; tokens: number }[] = [
    ...thoughtsOf(answer, stamp).map((part) => ({ part, tokens: answer.usage.reasoning })),
    ...piecesOf(answer.text, TOKENS_PER_EVENT).map((text) => ({ part: { text }, tokens: countTokens(text) })),
    ...callsOf(answer, stamp).map((part) => ({ part, tokens: countTokens(JSON.stringify(part.functionCall)) })),
  ];
  let sent = 0;
  return (parts.length === 0 ? [{ part: { text: "" }, tokens: 0 }] : parts).map(({ part, tokens }, index) => {
    sent += tokens;
    const isLast = index >= parts.length - 1;
    const finish = isLast ? finishReasonOf(answer) : undefined;
    const usage = usageOf(answer, isLast ? answer.usage.output : sent);
    const event = responseOf([part], finish, usage, stamp);
    return { kind: isLast ? "finish" : "words", text: `data: ${JSON.stringify(event)}\r\n\r\n`, tokens };
  });
}

function responseOf(
  parts: Part[],
  finishReason: FinishReason | undefined,
  usageMetadata: NonNullable<WireResponse["usageMetadata"]>,
  { modelVersion, responseId }: Stamp,
): WireResponse {
  const candidate: Candidate = {
    content: { role: "model", ...(parts.length === 0 ? {} : { parts }) },
    index: 0,
    ...(finishReason === undefined ? {} : { finishReason }),
  };
  return { candidates: [candidate], usageMetadata, modelVersion, responseId };
}

function thoughtsOf(answer: Answer, { showsThoughts }: Stamp): Part[] {
  return showsThoughts && answer.thoughts !== "" ? [{ text: answer.thoughts, thought: true }] : [];
}

/** Only the first call of a step is signed: https://ai.google.dev/gemini-api/docs/thought-signatures */
function callsOf(answer: Answer, stamp: Stamp): Part[] {
  return answer.toolCalls.map((call, index) => ({
    functionCall: functionCallOf(call, stamp),
    ...(index === 0 && stamp.signsCalls ? { thoughtSignature: SIGNATURE_START + idFrom(call.id, 60) } : {}),
  }));
}

/** Gemini 3 gives its calls an id; older models do not. */
function functionCallOf({ id, name, input }: ToolCall, { signsCalls }: Stamp): NonNullable<Part["functionCall"]> {
  return { ...(signsCalls ? { id: id.slice(0, 8) } : {}), name, args: { ...input } };
}

function finishReasonOf(answer: Answer): FinishReason {
  switch (answer.finish) {
    // A function call ends with STOP too; only the parts tell.
    case "stop":
    case "tools":
      return FinishReason.STOP;
    case "length":
      return FinishReason.MAX_TOKENS;
    case "refusal":
      return FinishReason.SAFETY;
    default:
      return assertNever(answer.finish);
  }
}

/** Thoughts are counted beside the candidates, not within: https://ai.google.dev/api/generate-content#UsageMetadata */
function usageOf({ usage }: Answer, spoken: number): NonNullable<WireResponse["usageMetadata"]> {
  const candidates = Math.max(0, spoken - usage.reasoning);
  return {
    promptTokenCount: usage.input,
    candidatesTokenCount: candidates,
    totalTokenCount: usage.input + candidates + usage.reasoning,
    promptTokensDetails: inText(usage.input),
    ...(usage.cached === 0 ? {} : { cachedContentTokenCount: usage.cached, cacheTokensDetails: inText(usage.cached) }),
    ...(usage.reasoning === 0 ? {} : { thoughtsTokenCount: usage.reasoning }),
  };
}

function inText(tokenCount: number): ModalityTokenCount[] {
  return [{ modality: MediaModality.TEXT, tokenCount }];
}
