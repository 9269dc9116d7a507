/** Streams as Amazon frames them, from the frames of the simulated Bedrock. */
import { eventFrame } from "../../dev/simulated/wire/bedrock/frame.ts";

export function converseStream(...events: readonly (readonly [type: string, payload: unknown])[]): Buffer {
  return Buffer.concat(events.map(([type, payload]) => eventFrame(type, JSON.stringify(payload))));
}

export const said = (text: string) => ["contentBlockDelta", { contentBlockIndex: 0, delta: { text } }] as const;
export const stopped = (stopReason: string) => ["messageStop", { stopReason }] as const;
export const METADATA = [
  "metadata",
  { usage: { inputTokens: 9, outputTokens: 7, totalTokens: 16 }, metrics: { latencyMs: 5 } },
] as const;
