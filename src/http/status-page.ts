/** `GET /`: one page for a person: is it serving, and what to paste to try it. */
import { html } from "hono/html";
import { developmentKey } from "../identity/server-key.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { curlLine } from "./curl-line.ts";
import { routeStates, type RouteState } from "./route-states.ts";

export async function statusPage(request: Request, deps: WorkerDeps): Promise<Response> {
  await deps.breakers.ready();
  const states = routeStates(deps);
  const serving = states.filter((state) => state.status === "healthy").length;
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
        <title>Lisbon: ${headline(serving, states.length)}</title>
        <link rel="icon" href="data:," />
        <style>
          :root {
            color-scheme: light dark;
            --good: light-dark(#18794e, #4cc38a);
            --bad: light-dark(#c62a2f, #ff8b8b);
            --quiet: color-mix(in srgb, currentColor 60%, transparent);
          }
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            max-width: 46rem;
            margin: 3rem auto;
            padding: 0 1rem;
          }
          h1 {
            margin-bottom: 0;
          }
          h2 {
            margin-top: 2rem;
            font-size: 1rem;
          }
          pre {
            padding: 1rem;
            overflow-x: auto;
            background: color-mix(in srgb, currentColor 8%, transparent);
            border-radius: 8px;
            white-space: pre-wrap;
            overflow-wrap: anywhere;
          }
          table {
            border-collapse: collapse;
            width: 100%;
          }
          td,
          th {
            text-align: left;
            padding: 0.35rem 0.75rem 0.35rem 0;
            border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent);
          }
          td:first-child {
            overflow-wrap: anywhere;
          }
          .healthy {
            color: var(--good);
          }
          .open,
          .paused,
          .killed,
          .warm_off,
          .account_out {
            color: var(--bad);
          }
          .off {
            color: var(--quiet);
          }
          .sum {
            font-size: 1.1rem;
            margin-top: 0.25rem;
          }
        </style>
      </head>
      <body>
        <h1>Lisbon</h1>
        <p class="sum">${headline(serving, states.length)}</p>
        ${states.some(({ status }) => status === "paused") ? html`<p class="sum paused">${PAUSED}</p>` : ""}
        <h2>Try it</h2>
        <pre><code>${curlLine(new URL(request.url).origin, key, deps.routing)}</code></pre>
        <h2>Routes, in the order in which they are tried</h2>
        ${states.length === 0 ? html`<p>The routing map has no routes.</p>` : routesTable(states)}
        <p><a href="/health">/health</a> says the same to a machine.</p>
      </body>
    </html>`;
  return new Response(String(await page), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    },
  });
}

function headline(serving: number, all: number): string {
  if (serving === 0) return "Not serving: no route can answer right now.";
  return serving === all ? "Serving. Every route is healthy." : `Serving. ${serving} of ${all} routes are healthy.`;
}

function routesTable(states: readonly RouteState[]) {
  return html`<table>
    <thead>
      <tr>
        <th>route</th>
        <th>state</th>
      </tr>
    </thead>
    <tbody>
      ${states.map(
        (state) =>
          html`<tr>
            <td>${state.id}</td>
            <td class="${state.status}">${LABELS[state.status]}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

const PAUSED =
  "A budget's pause is on: new calls on these routes wait, running ones finish. POST /budget/resume ends it.";

const LABELS = {
  healthy: "healthy",
  open: "open: not used after failures",
  account_out: "out: quota, credit or key",
  killed: "switched off by an operator",
  paused: "paused because of a budget: new calls wait",
  warm_off: "not used: enable_warm_fallback is off",
  off: "off: disabled, or a variable is missing",
} as const satisfies Record<RouteState["status"], string>;
