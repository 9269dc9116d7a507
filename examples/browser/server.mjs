/**
 * The backend that a page needs: it serves the page, and makes a token for
 * whoever is signed in. The server key never leaves it.
 *
 *     LISBON_URL=http://127.0.0.1:8787 LISBON_API_KEY=lsb_dev_… node examples/browser/server.mjs
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const lisbon = process.env.LISBON_URL ?? "http://127.0.0.1:8787";
const key = process.env.LISBON_API_KEY;
const port = Number(process.env.PORT ?? 8000);
if (!key) {
  console.error("Set LISBON_API_KEY to the key that `npm start` prints.");
  process.exit(1);
}

const server = createServer((request, response) => {
  answer(request, response).catch((cause) => {
    console.error(cause);
    response.writeHead(502).end();
  });
});

async function answer(request, response) {
  if (request.method === "GET" && request.url === "/") {
    const page = await readFile(new URL("./index.html", import.meta.url), "utf8");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(page.replace("{{LISBON_URL}}", lisbon));
  } else if (request.method === "POST" && request.url === "/token") {
    // Your own sign-in decides here who this is. A page can call only what the token allows.
    const wishes = {
      user: "somebody",
      kinds: ["draft-email"],
      max_tokens: 400,
      requests_per_minute: 20,
      expires_in: 600,
    };
    const made = await fetch(`${lisbon}/v1/tokens`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(wishes),
    });
    response.writeHead(made.status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(await made.text());
  } else {
    response.writeHead(404).end();
  }
}

server.listen(port, "127.0.0.1", () => console.log(`Open http://localhost:${server.address().port}/`));
