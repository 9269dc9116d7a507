/** A server's process whose router and providers a test plays, at a time that passes when the test says so. */
import { type FallbackOptions, withFallback } from "../../../clients/js/src/server.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { answers, CHAT, refusesConnections } from "./stage.ts";

const ROUTES = {
  hot: [{ provider: "one", model: "model-1", baseUrl: "https://one.test/v1", key: "${ONE_KEY}" }],
  warm: [{ provider: "two", model: "model-2", baseUrl: "https://two.test/v1", key: "${TWO_KEY}" }],
  kinds: { brief: { deadlineSeconds: 3 } },
};

export type Plays = (request: Request) => Response | Promise<Response>;

/** A process whose router and providers a test plays. */
export function process(hosts: { router: Plays; one?: Plays; two?: Plays }, more: Partial<FallbackOptions> = {}) {
  const clock = createFakeClock();
  const asked: string[] = [];
  const seen: Request[] = [];
  const play: Record<string, Plays> = { one: () => answers("from one"), two: () => answers("from two"), ...hosts };
  const fetch = withFallback({
    baseURL: "https://router.test",
    key: "lsb_key",
    routes: ROUTES,
    env: { ONE_KEY: "sk-one", TWO_KEY: "sk-two" },
    clock,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const host = new URL(request.url).hostname.split(".")[0] ?? "";
      asked.push(host);
      seen.push(request.clone());
      return await (play[host] ?? refusesConnections)(request);
    },
    ...more,
  });
  return {
    clock,
    asked,
    seen,
    fetch,
    play: (host: string, plays: Plays) => void (play[host] = plays),
    ask: (fields: Record<string, unknown> = {}, headers: Record<string, string> = {}, signal?: AbortSignal) => {
      const body = JSON.stringify({ model: "auto", messages: [{ role: "user", content: "hello" }], ...fields });
      const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
      return clock.run(fetch(CHAT, { ...init, ...(signal && { signal }) }));
    },
  };
}

/** Accepts the connection and says nothing. */
export function silent({ signal }: Request): Promise<Response> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}
