/** The provider of the soak: well, cut short, silent in the middle, or away for most of each minute. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const HEAD = '"id":"chatcmpl-soak","object":"chat.completion.chunk","created":1763650000,"model":"soak"';
const WORDS = 40;
const WORD_EVERY_MS = 25;
/** Of streams, so that a route that fails now and then is not opened. */
const ILL_SHARE = 1 / 3;
const AWAY_SECONDS = 40;
/** After so many words. */
const BREAKS_AFTER = 10;

export interface SoakProvider {
  readonly url: string;
  readonly openStreams: () => number;
  /** While `false` nobody is away: what is parked can be answered. */
  troubled: boolean;
}

export async function startProvider(): Promise<SoakProvider> {
  let open = 0;
  const server = createServer({ keepAlive: true, keepAliveTimeout: 20_000 }, (request, response) => {
    void bodyOf(request).then((body) => {
      open += 1;
      response.on("close", () => (open -= 1));
      const how = request.url?.split("/")[1] ?? "";
      answer(how === "away" && !provider.troubled ? "well" : how, body.includes('"stream":true'), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the provider has no port");
  const provider = { url: `http://127.0.0.1:${address.port}`, openStreams: () => open, troubled: false };
  return provider;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const piece of request) body += String(piece);
  return body;
}

function answer(how: string, streamed: boolean, response: ServerResponse): void {
  if (how === "away" && (Date.now() / 1_000) % 60 < AWAY_SECONDS) {
    response.writeHead(500, { "content-type": "application/json" });
    response.end('{"error":{"message":"The server had an error.","type":"server_error","param":null,"code":null}}');
  } else if (streamed) {
    stream(how !== "well" && how !== "away" && Math.random() < ILL_SHARE ? how : "well", response);
  } else {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(COMPLETION);
  }
}

function stream(how: string, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(choice('{"role":"assistant","content":""}', "null"));
  let said = 0;
  const timer = setInterval(() => {
    said += 1;
    if (how === "cut" && said === BREAKS_AFTER) response.destroy();
    if (how === "stall" && said >= BREAKS_AFTER) return;
    if (said <= WORDS) {
      response.write(choice(JSON.stringify({ content: `word${said} ` }), "null"));
      return;
    }
    clearInterval(timer);
    response.end(`${choice("{}", '"stop"')}data: [DONE]\n\n`);
  }, WORD_EVERY_MS);
  response.on("close", () => clearInterval(timer));
}

function choice(delta: string, reason: string): string {
  return `data: {${HEAD},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]}\n\n`;
}

const COMPLETION = JSON.stringify({
  id: "chatcmpl-soak",
  object: "chat.completion",
  created: 1_763_650_000,
  model: "soak",
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
