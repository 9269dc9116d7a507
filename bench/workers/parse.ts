/** Parses the body and writes it again, and nothing else: the least that whoever looks at a request must do. */
interface Env {
  readonly UPSTREAM_URL: string;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const body: unknown = JSON.parse(await request.text());
    return fetch(env.UPSTREAM_URL + new URL(request.url).pathname, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  },
};
