/**
 * OpenAI's chunks as Anthropic's events. There, one content block is open at a
 * time: another sort of content ends the one before it. Calls that OpenAI mixes
 * by their index are put one behind the other, so what comes for one while
 * another is unfinished waits for its end.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
import type { ChatChunk, Delta, LisbonNote, ToolCallDelta } from "../openai/chat-chunk.ts";
import type { FinishReason, Usage } from "../openai/chat-completion.ts";
import type { Pen } from "../openai/pen.ts";
import { anthropicErrorEvent } from "./error-body.ts";
import { inputOf, messageHead, messageUsage, stopReasonOf, toolUseId } from "./message.ts";
import type { MessagePlace } from "./message-place.ts";

export interface AnthropicPenOptions {
  /** Where a stream stands that was pumped, and is gone on with here; null: it begins here. */
  readonly place: MessagePlace | null;
  /** An estimate, until the provider has told. */
  readonly promptTokens?: number;
}

/** Content of one sort; of the calls, each is one of its own. */
interface Track {
  readonly type: string;
  id: string;
  name: string;
  /** Of a call: all that came. */
  args: string;
  /** What has come and could not be written yet. */
  waiting: string;
  /** A call whose block has ended. */
  done: boolean;
}

const track = (type: string): Track => ({ type, id: "", name: "", args: "", waiting: "", done: false });

/** A block of a pumped stream that nobody goes on with: it may be ended at any time. */
const over = (type: string): Track => ({ ...track(type), args: "{}" });

export function anthropicPen({ place, promptTokens = 0 }: AnthropicPenOptions): Pen {
  let { started, nextIndex, stopped } = place ?? { started: false, nextIndex: 0, stopped: false };
  const thinking = track("thinking");
  const text = track("text");
  const calls = new Map<number, Track>();
  const waiting = new Set<Track>();
  let open = place?.open
    ? { index: place.open.index, track: place.open.type === "text" ? text : over(place.open.type) }
    : null;
  let reason: FinishReason | null = null;
  let refused = false;
  let usage: Usage | null = null;
  let note: LisbonNote | undefined;

  function write(chunk: ChatChunk): string {
    if (chunk.usage) usage = chunk.usage;
    note = chunk.x_lisbon ?? note;
    const choice = chunk.choices.find(({ index }) => index === 0);
    let events = started ? "" : begin(chunk);
    if (choice === undefined) return events;
    events += said(choice.delta);
    if (choice.finish_reason === null) return events;
    reason = choice.finish_reason;
    return events + settle();
  }

  function begin({ id, model }: ChatChunk): string {
    started = true;
    const told = { ...messageUsage(null), input_tokens: promptTokens };
    return event("message_start", JSON.stringify({ type: "message_start", message: messageHead(id, model, told) }));
  }

  function said(delta: Delta): string {
    const { reasoning_content: thoughts, content, refusal, tool_calls: deltas } = delta;
    let events = thoughts ? take(thinking, thoughts) : "";
    if (content) events += take(text, content);
    if (refusal) {
      refused = true;
      events += take(text, refusal);
    }
    for (const [place_, call] of (deltas ?? []).entries()) events += takeCall(call, call.index ?? place_);
    return events;
  }

  function takeCall({ id, function: named }: ToolCallDelta, index: number): string {
    const call = calls.get(index) ?? track("tool_use");
    calls.set(index, call);
    call.id ||= id ?? "";
    call.name ||= named?.name ?? "";
    call.args += named?.arguments ?? "";
    return take(call, named?.arguments ?? "");
  }

  /** Writes it, or keeps it until the open call is whole and this one has a name. */
  function take(onto: Track, more: string): string {
    if (onto.done) return "";
    if (open?.track === onto) return deltaOf(open.index, onto, more) + (waiting.size === 0 ? "" : catchUp(false));
    onto.waiting += more;
    waiting.add(onto);
    return catchUp(false);
  }

  function catchUp(force: boolean): string {
    let events = "";
    for (const next of waiting) {
      const nameless = next.type === "tool_use" && (next.id === "" || next.name === "");
      if (!force && (nameless || (open?.track.type === "tool_use" && isUnfinished(open.track)))) break;
      waiting.delete(next);
      events += close() + start(next);
    }
    return events;
  }

  function start(next: Track): string {
    const index = nextIndex++;
    open = { index, track: next };
    const block = JSON.stringify(blockOf(next));
    const more = next.waiting;
    next.waiting = "";
    return (
      event("content_block_start", `{"type":"content_block_start","index":${index},"content_block":${block}}`) +
      deltaOf(index, next, more)
    );
  }

  function close(): string {
    if (open === null) return "";
    const { index, track: last } = open;
    open = null;
    last.done = last.type === "tool_use";
    return event("content_block_stop", `{"type":"content_block_stop","index":${index}}`);
  }

  /** Nothing waits any more, and no block is open. */
  function settle(): string {
    return catchUp(true) + close();
  }

  function end(): string {
    const last = event("message_stop", '{"type":"message_stop"}');
    if (stopped) return last;
    stopped = true;
    const stop_reason = reason === null ? null : stopReasonOf(reason, { refused, calledTools: calls.size > 0 });
    const { cache_creation: _, inference_geo: _geo, service_tier: _tier, speed: _speed, ...told } = messageUsage(usage);
    const message = {
      type: "message_delta",
      delta: { container: null, stop_details: null, stop_reason, stop_sequence: null },
      usage: usage === null ? { ...told, input_tokens: null, cache_read_input_tokens: null } : told,
      ...(note && { x_lisbon: note }),
    };
    return settle() + event("message_delta", JSON.stringify(message)) + last;
  }

  return { write, end, error: (code, message) => anthropicErrorEvent({ status: statusOf(code), code, message }) };
}

/** What it would have been before the first words. */
function statusOf(code: string): number {
  return code === "overloaded" ? 529 : code === "rate_limited" ? 429 : 500;
}

function isUnfinished({ args }: Track): boolean {
  return !args.trimEnd().endsWith("}") || inputOf(args) === null;
}

function blockOf({ type, id, name }: Track): object {
  if (type === "tool_use") return { type, id: toolUseId(id), name, input: {}, caller: { type: "direct" } };
  return type === "text" ? { type, text: "", citations: null } : { type, thinking: "", signature: "" };
}

function deltaOf(index: number, { type }: Track, more: string): string {
  if (more === "") return "";
  const what = type === "tool_use" ? '"input_json_delta","partial_json"' : `"${type}_delta","${type}"`;
  return event(
    "content_block_delta",
    `{"type":"content_block_delta","index":${index},"delta":{"type":${what}:${JSON.stringify(more)}}}`,
  );
}

function event(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}
