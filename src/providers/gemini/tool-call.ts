import type { Stamp } from "../provider.ts";
import type { Part } from "./schema.ts";

/** A type and not an interface: what is loose elsewhere takes it then. */
export type TranslatedCall = {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
  readonly extra_content?: { readonly google: { readonly thought_signature: string } };
};

/**
 * Null: the part holds no call. Older models give calls no ids; one made of the
 * answer's own id and the call's place is the same however often it is made.
 * The signature goes where Google's layer for OpenAI's SDK puts it, so that a
 * client that sends the message back sends it back too.
 * https://ai.google.dev/gemini-api/docs/thought-signatures#openai
 */
export function toolCallOf(
  { functionCall: call, thoughtSignature }: Part,
  at: number,
  stamp: Stamp,
): TranslatedCall | null {
  if (call === null || call === undefined) return null;
  return {
    id: call.id || `${stamp.id.replace("chatcmpl-", "call_")}_${at}`,
    type: "function",
    function: { name: call.name, arguments: JSON.stringify(call.args ?? {}) },
    ...(thoughtSignature != null && { extra_content: { google: { thought_signature: thoughtSignature } } }),
  };
}
