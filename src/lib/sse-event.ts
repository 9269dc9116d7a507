/**
 * One server-sent event as text. Data of several lines goes out in several lines, as the format asks; the parser on the
 * other side puts them together again.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export interface OutgoingEvent {
  /** None: `message`, as OpenAI's are. */
  readonly event?: string;
  readonly id: string;
  readonly data: string;
}

export function sseEvent({ event, id, data }: OutgoingEvent): string {
  const name = event === undefined ? "" : `event: ${event}\n`;
  return `${name}id: ${id}\n${dataLines(data)}\n\n`;
}

/** How long a client waits before it comes back, in milliseconds. */
export function sseRetry(ms: number): string {
  return `retry: ${ms}\n\n`;
}

export const SSE_KEEP_ALIVE = ": keep-alive\n\n";

function dataLines(data: string): string {
  if (!/[\r\n]/.test(data)) return `data: ${data}`;
  return data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}`)
    .join("\n");
}
