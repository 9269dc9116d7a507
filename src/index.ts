import { createApp } from "./app.ts";
import { SwitchboardObject } from "./breaker/switchboard-object.ts";
import type { ProbeOutcome } from "./breaker/probe.ts";
import { buildDeps, buildRouting } from "./build-deps.ts";
import type { Route } from "./domain/route.ts";
import type { Routing } from "./domain/routing.ts";
import type { Env } from "./env.ts";
import { realClock } from "./lib/clock.ts";
import { probeRoute } from "./probe-route.ts";

export class Switchboard extends SwitchboardObject<Env> {
  protected override routing(): Routing {
    return buildRouting(this.env);
  }

  protected override probe(route: Route): Promise<ProbeOutcome> {
    return probeRoute(route, realClock, (url, init) => fetch(url, init));
  }
}

const app = createApp(buildDeps);

export default { fetch: app.fetch } satisfies ExportedHandler<Env>;
