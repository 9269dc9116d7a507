/**
 * A server behind Lisbon, with nothing installed: `POST /ask` with a question
 * as text answers with text, as it comes. Who asks is named, so that limits and
 * a route's `rollout` go by the person.
 *
 *     LISBON_URL=http://127.0.0.1:8787 LISBON_API_KEY=lsb_dev_… node examples/node/server.mjs
 *     curl -N -d "Say hello to Lisbon." http://127.0.0.1:8001/ask
 */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const lisbon = (process.env.LISBON_URL ?? "http://127.0.0.1:8787").replace(/\/+$/, "");
const key = process.env.LISBON_API_KEY;
if (!key) {
  console.error("Set LISBON_API_KEY to the key that `npm start` prints.");
  process.exit(1);
}

const server = createServer((request, response) => {
  ask(request, response).catch((cause) => {
    console.error(cause);
    // After the first words only a broken connection says that the rest is missing.
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end("No answer could be had.\n");
  });
});

async function ask(request, response) {
  if (request.method !== "POST" || request.url !== "/ask") {
    response.writeHead(404).end();
    return;
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const answer = await fetch(`${lisbon}/v1/chat/completions`, {
    method: "POST",
    // 503 instead of a parked call, for which nobody here would come back.
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "x-lisbon-on-cold": "error" },
    body: JSON.stringify({
      model: process.env.LISBON_MODEL ?? "auto",
      messages: [{ role: "user", content: await text(request) }],
      stream: true,
      // Your own sign-in decides here who this is.
      user: "somebody",
    }),
    signal: gone.signal,
  });
  if (!answer.ok) {
    const { error } = await answer.json();
    response.writeHead(answer.status).end(`${error?.message ?? "No answer could be had."}\n`);
    return;
  }
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
  let whole = false;
  for await (const data of eventsOf(answer.body)) {
    if (data === "[DONE]") whole = true;
    else response.write(wordsIn(JSON.parse(data)));
  }
  if (!whole) throw new Error("the answer broke off");
  response.end("\n");
}

function wordsIn({ error, choices }) {
  if (error) throw new Error(error.message);
  return choices?.[0]?.delta?.content ?? "";
}

/** The data of each event; comments keep the connection alive and say nothing. */
async function* eventsOf(body) {
  let rest = "";
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.startsWith("data:")) yield line.slice(5).trim();
  }
}

server.listen(Number(process.env.PORT ?? 8001), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/ask`);
});
