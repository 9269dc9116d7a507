/**
 * `GET /`: one page for a person: is it serving, how every route stands, what
 * was out of late, and what to paste to try it. It is whole without a script;
 * style and script are static assets (docs/decisions/2026-11-21-the-status-page.md).
 */
import { html } from "hono/html";
import { developmentKey } from "../identity/server-key.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { curlLine } from "./curl-line.ts";
import type { Html } from "./html.ts";
import { latelyOut, type Outage } from "./lately-out.ts";
import { routeStates, type RouteState } from "./route-states.ts";

export async function statusPage(request: Request, deps: WorkerDeps): Promise<Response> {
  const [outages] = await Promise.all([latelyOut(deps), deps.breakers.ready()]);
  const states = routeStates(deps);
  const [state, said] = headline(states, mayWait(deps));
  const { environment, keySecrets } = deps.settings;
  const [secret] = keySecrets;
  // Only the key that `npm start` prints is ever shown; it opens nothing but this machine.
  const isLocal = environment === "development" && secret !== undefined;
  const key = isLocal ? await developmentKey(secret) : "$LISBON_API_KEY";
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Lisbon: ${said}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/dashboard/status.css" />
        <script type="module" src="/dashboard/status.js"></script>
      </head>
      <body>
        <p id="connection" role="status"></p>
        <main>
          <header class="${state}">
            <p>Lisbon</p>
            <h1>${said}</h1>
            <p>As of ${time(deps.clock.now())}</p>
          </header>
          <h2>Routes, in the order in which they are tried</h2>
          ${states.length === 0 ? html`<p>The routing map has no routes.</p>` : routesTable(states)}
          <h2>Out in the last seven days</h2>
          ${outagesList(outages)}
          <h2>Try it</h2>
          <pre tabindex="0"><code>${curlLine(new URL(request.url).origin, key, deps.routing)}</code></pre>
        </main>
        <p><a href="/health">/health</a> says the same to a machine.</p>
      </body>
    </html>`;
  return new Response(String(await page), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:",
    },
  });
}

/** What becomes of a call of the default kind that nobody can answer now: is it kept? */
function mayWait({ routing, breakers }: WorkerDeps): boolean {
  return routing.defaultKind.end.step !== "error" && breakers.flags().enable_cold_queue;
}

/** Routes that are off are nobody's trouble. */
function headline(
  states: readonly RouteState[],
  waits: boolean,
): readonly [state: "good" | "warn" | "bad", said: string] {
  const used = states.filter(({ status }) => status !== "off");
  const serving = used.filter(({ status }) => status === "healthy").length;
  const paused = used.some(({ status }) => status === "paused");
  if (serving === used.length && serving > 0) return ["good", "Serving. Every route is healthy."];
  if (serving > 0)
    return ["warn", `Serving. ${serving} of ${used.length} routes are healthy.${paused ? " A pause is on." : ""}`];
  const then = waits ? "wait" : "are refused";
  return [
    "bad",
    paused
      ? `Paused: new calls ${then}, running ones finish.`
      : `Not serving: no route can answer right now, and calls ${then}.`,
  ];
}

function routesTable(states: readonly RouteState[]): Html {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">route</th>
        <th scope="col">state</th>
      </tr>
    </thead>
    <tbody>
      ${states.map(
        ({ id, status }) =>
          html`<tr>
            <td>${id}</td>
            <td class="${status}">${LABELS[status]}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** By route: an account's name and the reason are the operator's. */
function outagesList(outages: readonly Outage[] | null): Html {
  if (outages === null) return html`<p>Not known right now.</p>`;
  if (outages.length === 0) return html`<p>None.</p>`;
  return html`<ul>
    ${outages.map(
      ({ routes, startedAtMs, endedAtMs }) =>
        html`<li>
          <b>${routes.join(", ")}</b> ${time(startedAtMs)} to ${endedAtMs === null ? "now" : time(endedAtMs)}
        </li>`,
    )}
  </ul>`;
}

function time(atMs: number): Html {
  const iso = new Date(atMs).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

const LABELS = {
  healthy: "healthy",
  open: "open: not used after failures",
  account_out: "out: quota, credit or key",
  killed: "switched off",
  paused: "paused: no new calls",
  warm_off: "not used: enable_warm_fallback is off",
  off: "off: disabled, or a variable is missing",
} as const satisfies Record<RouteState["status"], string>;
