/**
 * The provider, in a process of its own: one fixed JSON answer, and streams at
 * the pace that the path names. As little work as can be, so that the machine
 * is left to what is measured.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

interface Pace {
  readonly everyMs: number;
  readonly events: number;
}

const PACES: Readonly<Record<string, Pace>> = {
  fast: { everyMs: 2, events: 200 },
  checked: { everyMs: 2, events: 200 },
  translated: { everyMs: 2, events: 200 },
  steady: { everyMs: 20, events: 75 },
  slow: { everyMs: 1_000, events: 60 },
};

const HEAD = '"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1763650000,"model":"bench"';
const COMPLETION = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1_763_650_000,
  model: "bench",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "word ".repeat(60), refusal: null },
      finish_reason: "stop",
      logprobs: null,
    },
  ],
  usage: { prompt_tokens: 20, completion_tokens: 60, total_tokens: 80 },
});

interface Dialect {
  readonly first: string;
  readonly word: string;
  readonly last: string;
}

function choice(delta: string, reason: string): string {
  return `data: {${HEAD},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]}\n\n`;
}

const openai: Dialect = {
  first: choice('{"role":"assistant","content":""}', "null"),
  word: choice('{"content":" word"}', "null"),
  last: `${choice("{}", '"stop"')}data: [DONE]\n\n`,
};

function anthropicEvent(type: string, rest: string): string {
  return `event: ${type}\ndata: {"type":"${type}"${rest}}\n\n`;
}

const anthropic: Dialect = {
  first:
    anthropicEvent(
      "message_start",
      ',"message":{"id":"msg_bench","type":"message","role":"assistant","model":"bench","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":20,"output_tokens":1}}',
    ) + anthropicEvent("content_block_start", ',"index":0,"content_block":{"type":"text","text":""}'),
  word: anthropicEvent("content_block_delta", ',"index":0,"delta":{"type":"text_delta","text":" word"}'),
  last:
    anthropicEvent("content_block_stop", ',"index":0') +
    anthropicEvent(
      "message_delta",
      ',"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":200}',
    ) +
    anthropicEvent("message_stop", ""),
};

/** How often a route was tried that answers nothing but 429. */
let refused = 0;

const server = createServer({ keepAlive: true, keepAliveTimeout: 60_000 }, (request, response) => {
  let streamed = false;
  let body = "";
  request.on("data", (piece: Buffer) => {
    streamed ||= piece.includes('"stream":true');
    if (request.url?.startsWith("/going/")) body += piece.toString();
  });
  request.on("end", () => {
    if (request.url === "/refused") response.end(String(refused));
    else if (request.url?.startsWith("/limited/")) refuse(response);
    else if (request.url?.startsWith("/breaking/")) breakOff(response);
    else if (request.url?.startsWith("/going/")) goOn(response, body);
    else if (streamed) stream(request, response);
    else answer(response);
  });
});

server.listen(0, "127.0.0.1", () => process.send?.(JSON.stringify(server.address())));
process.on("disconnect", () => process.exit(0));

/** Without `Retry-After`: nobody may wait and try again, so the next route is asked at once. */
function refuse(response: ServerResponse): void {
  refused += 1;
  response.writeHead(429, { "content-type": "application/json" });
  response.end(
    '{"error":{"message":"Rate limit reached.","type":"requests","param":null,"code":"rate_limit_exceeded"}}',
  );
}

/** Numbered words, so that every one of them is told from the others; then the connection is lost. */
function breakOff(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(openai.first);
  pieces(response, numbered(0, 20), () => response.destroy());
}

/** As it is asked to: the last words again, then the rest, five characters every 20 ms after 100 ms. */
function goOn(response: ServerResponse, body: string): void {
  const [, quote = '""'] = /repeating its last words exactly: (\\"(?:[^"\\]|\\.)*?\\")/.exec(body) ?? [];
  const said: unknown = JSON.parse(JSON.parse(`"${quote}"`));
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(openai.first);
  const words = `${String(said)}${numbered(20, 40).join("")}`.match(/.{1,5}/gs) ?? [];
  setTimeout(() => pieces(response, words, () => response.end(openai.last)), 100);
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, at) => `word${String(from + at).padStart(3, "0")} `);
}

function pieces(response: ServerResponse, texts: readonly string[], over: () => void): void {
  let at = 0;
  const timer = setInterval(() => {
    const text = texts[at++];
    if (text !== undefined) {
      response.write(choice(JSON.stringify({ content: text }), "null"));
      return;
    }
    clearInterval(timer);
    over();
  }, 20);
  response.on("close", () => clearInterval(timer));
}

function answer(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": COMPLETION.length });
  response.end(COMPLETION);
}

function stream(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? "";
  const pace = PACES[path.split("/")[1] ?? ""] ?? { everyMs: 2, events: 200 };
  const dialect = path.endsWith("/messages") ? anthropic : openai;
  let sent = 1;
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(dialect.first + dialect.word);
  const timer = setInterval(() => {
    if (sent < pace.events) {
      sent += 1;
      response.write(dialect.word);
      return;
    }
    clearInterval(timer);
    response.end(dialect.last);
  }, pace.everyMs);
  response.on("close", () => clearInterval(timer));
}
