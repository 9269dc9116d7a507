/** The least that a gateway can do: a framework, the body parsed and written again. A scale, and a stand-in for tests. */
import { Hono } from "hono";

const app = new Hono<{ Bindings: { readonly UPSTREAM_URL: string } }>();

app.post("/v1/chat/completions", async (c) => {
  const body = await c.req.json<{ readonly model: string }>();
  const answer = await fetch(`${c.env.UPSTREAM_URL}/${body.model}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "accept-encoding": "identity" },
    body: JSON.stringify(body),
  });
  return new Response(answer.body, { headers: { "content-type": answer.headers.get("content-type") ?? "" } });
});

export default app;
