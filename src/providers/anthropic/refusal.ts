import type { Failure } from "../../domain/failure.ts";
import { failureOf } from "../failure-of.ts";
import type { StopDetails } from "./schema.ts";

/** A refusal that said nothing: its reason is all that the caller can be given. https://docs.anthropic.com/en/docs/test-and-evaluate/strengthen-guardrails/handle-streaming-refusals */
export function refusalOf(details: StopDetails | null | undefined): Failure {
  const words = [details?.explanation, details?.category].find((text) => text !== null && text !== undefined);
  return failureOf("content_filtered", { message: words ?? "The model refused to answer.", status: 200 });
}
