/**
 * The Worker that answers: every path, and the daily cron. The Durable Objects
 * are another Worker's (`state.ts`), and none of their classes belongs into
 * what this imports: a call waits for the start of each new isolate.
 * docs/decisions/2026-11-21-two-uploads.md
 */
import { createApp } from "./app.ts";
import { buildDeps } from "./build-deps.ts";
import type { Env } from "./env.ts";
import { onSchedule } from "./on-schedule.ts";

const app = createApp(buildDeps);

export default { fetch: app.fetch, scheduled: onSchedule } satisfies ExportedHandler<Env>;
