/**
 * `lisbon rollback`: each Worker of an environment goes one deployment back, in the opposite order of a deploy, so that
 * a router never asks objects that are older than it.
 * https://developers.cloudflare.com/workers/versions-and-deployments/rollbacks/
 */
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { configArgs } from "./deployed-workers.ts";
import type { ReadyWorker } from "./deployed-workers.ts";
import { runWrangler } from "./run-wrangler.ts";

/** What a rollback leaves as it is; said before and in docs/deploy.md. */
export const NOT_UNDONE = [
  "It does not undo: what Durable Objects have stored, migrations (past one it is refused), cron triggers and routes,",
  "flags, limits and keys that were changed at run time, and what Redis, QStash and providers were told.",
].join("\n");

export async function rollBack(workers: readonly ReadyWorker[], reason: string): Promise<Result<string, string>> {
  const done: string[] = [];
  for (const { name, configPath } of workers.toReversed()) {
    const run = await runWrangler(["rollback", ...configArgs(configPath), "--message", reason, "--yes"], true);
    if (!run.ok) {
      const back = done.length === 0 ? "No Worker was rolled back." : `Rolled back before it: ${done.join(", ")}.`;
      return fail(
        [
          `wrangler could not roll ${name} back; its own words are above. ${back}`,
          "A migration between the two versions cannot be undone: then objects of the new version serve the old router.",
          `Another version of it: npx wrangler rollback VERSION --name ${name} --env ""`,
        ].join("\n"),
      );
    }
    done.push(name);
  }
  return ok(`Rolled back: ${done.join(", ")}.`);
}
