/**
 * What is written when, as plain data: the healthy script of a stream or of a
 * whole body, and what each fault makes of it. No sockets, no clock.
 */
import type { Fault } from "./faults.ts";
import { bytesOf, type Frame, type WireFormat, type Written } from "./wire/wire-format.ts";

export type Step =
  | { readonly kind: "send"; readonly bytes: Buffer; readonly tokens: number; readonly afterMs: number }
  | { readonly kind: "repeat"; readonly bytes: Buffer; readonly everyMs: number }
  | { readonly kind: "destroy" }
  | { readonly kind: "hang" }
  | { readonly kind: "end" };

export interface Script {
  readonly contentType: string;
  /** Announced only where it is known; a stream comes in chunks. */
  readonly contentLength: number | undefined;
  readonly steps: readonly Step[];
}

/** Of server-sent events. */
const EVENT_STREAM = "text/event-stream; charset=utf-8";
const JSON_TYPE = "application/json";

export function streamScript(
  frames: readonly Frame[],
  fault: Fault | undefined,
  format: WireFormat,
  firstTokenMs: number,
): Script {
  const count = Number(fault?.arg ?? 0);
  const streamType = format.streamType ?? EVENT_STREAM;
  const stream = (...steps: readonly Step[]): Script => ({ contentType: streamType, contentLength: undefined, steps });
  const scene = { frames, firstMs: firstTokenMs + (fault?.name === "slow" ? count : 0) };
  switch (fault?.name) {
    case "cut":
      return stream(...untilWords(scene, count), { kind: "destroy" });
    case "stall":
      return stream(...untilWords(scene, count), { kind: "hang" });
    case "cut-bytes":
      return stream(...firstBytes(scene, count), { kind: "destroy" });
    case "malformed": {
      const before = untilWords(scene, count);
      return stream(...before, text(format.malformedEvent), ...sends(scene).slice(before.length), { kind: "end" });
    }
    case "no-terminal":
      return stream(...sends(scene, "opening", "words", "between"), { kind: "end" });
    case "no-done":
      return stream(...sends(scene, "opening", "words", "between", "finish"), { kind: "end" });
    case "in-band-error":
      return stream(...untilWords(scene, fault.arg === "before" ? 0 : 2), text(format.inBandError.event), {
        kind: "end",
      });
    case "keepalive":
      return stream(...sends(scene, "opening"), repeat(format.keepAlive, count));
    case "short":
      return shortened(streamType, Buffer.concat(frames.map((frame) => bytesOf(frame.text))));
    default:
      return stream(...sends(scene), { kind: "end" });
  }
}

export function wholeScript(
  body: string,
  tokens: number,
  fault: Fault | undefined,
  format: WireFormat,
  firstTokenMs: number,
): Script {
  const bytes = Buffer.from(body);
  const half = bytes.subarray(0, bytes.length >> 1);
  const count = Number(fault?.arg ?? 0);
  switch (fault?.name) {
    case "cut":
      return json(bytes.length, send(count === 0 ? Buffer.alloc(0) : half), { kind: "destroy" });
    case "stall":
      return json(bytes.length, send(half), { kind: "hang" });
    case "cut-bytes":
      return json(bytes.length, send(bytes.subarray(0, count)), { kind: "destroy" });
    case "malformed":
      return json(half.length, send(half), { kind: "end" });
    case "in-band-error":
      return json(Buffer.byteLength(format.inBandError.json), text(format.inBandError.json), { kind: "end" });
    case "keepalive":
      // DeepSeek keeps waiting callers with empty lines: https://api-docs.deepseek.com/quick_start/rate_limit
      return json(undefined, repeat("\n", count));
    case "short":
      return shortened(JSON_TYPE, bytes);
    default:
      return json(bytes.length, send(bytes, tokens, firstTokenMs + (fault?.name === "slow" ? count : 0)), {
        kind: "end",
      });
  }
}

function json(contentLength: number | undefined, ...steps: readonly Step[]): Script {
  return { contentType: JSON_TYPE, contentLength, steps };
}

/** The frames of a stream and how long the model thinks before the first that is not an opening. */
interface Scene {
  readonly frames: readonly Frame[];
  readonly firstMs: number;
}

function sends(scene: Scene, ...kinds: readonly Frame["kind"][]): Step[] {
  const first = scene.frames.findIndex((frame) => frame.kind !== "opening");
  return scene.frames.flatMap((frame, index) =>
    kinds.length > 0 && !kinds.includes(frame.kind)
      ? []
      : [send(bytesOf(frame.text), frame.tokens, index === first ? scene.firstMs : 0)],
  );
}

/** Up to and with the n-th event that has words, and never the finish; with 0 the openings only. */
function untilWords(scene: Scene, count: number): Step[] {
  let words = 0;
  const end = scene.frames.findIndex((frame) => {
    if (frame.kind === "words") words += 1;
    return words > count || frame.kind === "finish" || frame.kind === "terminal";
  });
  return sends(scene).slice(0, end < 0 ? scene.frames.length : end);
}

function firstBytes(scene: Scene, count: number): Step[] {
  let left = count;
  return sends(scene).flatMap((step) => {
    if (step.kind !== "send" || left === 0) return [];
    const bytes = step.bytes.subarray(0, left);
    left -= bytes.length;
    return [{ ...step, bytes }];
  });
}

function shortened(contentType: string, bytes: Buffer): Script {
  const half = bytes.subarray(0, bytes.length >> 1);
  return { contentType, contentLength: bytes.length, steps: [send(half), { kind: "destroy" }] };
}

function send(bytes: Buffer, tokens = 0, afterMs = 0): Step {
  return { kind: "send", bytes, tokens, afterMs };
}

function text(written: Written): Step {
  return send(bytesOf(written));
}

function repeat(written: Written, everyMs: number): Step {
  return { kind: "repeat", bytes: bytesOf(written), everyMs: Math.max(1, everyMs) };
}
