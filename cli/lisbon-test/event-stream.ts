/**
 * A client that reads server-sent events as they come and knows when its
 * connection was cut. Not `fetch`: the way to the server may lead through a
 * gate, and a connection that was cut must not come back from a pool.
 */
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

export interface StreamRequest {
  readonly url: string;
  /** Where to connect instead; the name in TLS and `Host` stay those of the URL. */
  readonly via?: { readonly host: string; readonly port: number };
  readonly method?: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface EventStream {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** Throws where the connection is lost before the body's end. */
  readonly events: AsyncIterable<ServerEvent>;
}

export interface ServerEvent {
  /** As an `EventSource` keeps it: an event without one has that of the event before. */
  readonly id: string | null;
  readonly name: string;
  readonly data: string;
}

export async function openStream(asked: StreamRequest): Promise<EventStream> {
  const url = new URL(asked.url);
  const isTls = url.protocol === "https:";
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = (isTls ? httpsRequest : httpRequest)(
      url,
      {
        method: asked.method ?? "GET",
        headers: { host: url.host, ...asked.headers },
        agent: false,
        signal: asked.signal,
        ...(asked.via && { host: asked.via.host, port: asked.via.port }),
        ...(isTls && { servername: url.hostname }),
      },
      resolve,
    );
    call.once("error", reject);
    call.end(asked.body);
  });
  return { status: response.statusCode ?? 0, headers: response.headers, events: eventsOf(response) };
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
async function* eventsOf(body: AsyncIterable<Buffer>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  let id: string | null = null;
  let name = "";
  let data: string[] = [];
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (field === "id") id = value;
      if (field === "event") name = value;
      if (field === "data") data.push(value);
      if (line !== "") continue;
      if (data.length > 0) yield { id, name: name || "message", data: data.join("\n") };
      name = "";
      data = [];
    }
  }
}
