/** The daily cron (`[triggers]` in wrangler.toml): what each provider has been paid this month. docs/budget.md */
import { buildDeps } from "./build-deps.ts";
import { dailyCheck } from "./budget/daily-check.ts";
import type { Env } from "./env.ts";

export function onSchedule(_controller: ScheduledController, env: Env, ctx: ExecutionContext): void {
  const { routing, settings, fetch, clock, switchboard, notifier } = buildDeps(env, ctx);
  const work = dailyCheck({
    budget: routing.budget,
    costKeys: settings.costKeys,
    fetch,
    clock,
    alert: (alert) => switchboard().alert(alert),
    raise: (notice) => notifier().raise(notice),
    log: (line) => console.log(JSON.stringify(line)),
  });
  ctx.waitUntil(work);
}
