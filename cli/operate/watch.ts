/** `lisbon watch`: looks after a router from any machine, once or for as long as it runs; or has QStash do it. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@upstash/qstash";
import { fail, ok } from "../../src/lib/result.ts";
import { adminAddress } from "../admin-address.ts";
import { Released, Watch } from "../admin-schemas.ts";
import { askAdminFor, posting } from "../ask-admin.ts";
import { EXIT } from "../exit-codes.ts";
import { showEnding, type CommandOptions, type Ending } from "../run-command.ts";
import { harmless } from "../screen/table.ts";
import { watchLines, watchRow } from "./watch-lines.ts";

export interface WatchOptions extends CommandOptions {
  /** Seconds; 60 by default. */
  readonly every?: string;
  readonly once?: true;
  readonly install?: true;
  /** A kind. */
  readonly release?: string;
}

const SHORTEST_SECONDS = 5;

/** With `--once` the ending of one look; else it looks until it is stopped, and shows each ending itself. */
export async function watch(options: WatchOptions): Promise<Ending> {
  if (options.install) return await install(options);
  if (options.release !== undefined) return await release(options.release, options);
  const { every = "60" } = options;
  const seconds = Number(every);
  if (!(seconds >= SHORTEST_SECONDS)) {
    const message = `${every} is no number of seconds from ${SHORTEST_SECONDS} on`;
    return fail({ kind: "usage", code: "usage", message, next: "npx lisbon watch --every 60" });
  }
  for (;;) {
    const ending = await look(options);
    if (options.once) return ending;
    // What a look cannot mend, no further one can.
    if (!ending.ok && ending.failure.kind !== "not_reached") return ending;
    showEnding(ending, options);
    await sleep(seconds * 1000);
  }
}

async function look(options: WatchOptions): Promise<Ending> {
  const asked = await askAdminFor(Watch, options, "/watch/tick", posting());
  if (!asked.ok) return asked;
  const { findings } = asked.value;
  return ok({
    exitCode: findings.length === 0 ? EXIT.fine : EXIT.wrong,
    json: { findings, ...watchRow(asked.value) },
    lines: (paint) => watchLines(asked.value, paint),
  });
}

async function release(kind: string, options: WatchOptions): Promise<Ending> {
  const path = `/admin/watch/release?kind=${encodeURIComponent(kind)}`;
  // Of a request without a body the trail keeps the address, which names the kind.
  const asked = await askAdminFor(Released, options, path, { method: "POST" });
  if (!asked.ok) return asked;
  const { released } = asked.value;
  const line = released
    ? `The map's order counts again for ${harmless(kind)}; every isolate obeys within 5 s.`
    : `The watchdog has put nothing first for ${harmless(kind)}.`;
  return ok({ json: { kind, released }, lines: () => [line] });
}

/** https://upstash.com/docs/qstash/features/schedules: one of the same id takes the other's place. */
async function install(options: WatchOptions): Promise<Ending> {
  const address = adminAddress(options);
  if (!address.ok) return address;
  const { QSTASH_TOKEN: token, QSTASH_URL: baseUrl } = process.env;
  if (!token) {
    const next = "QSTASH_TOKEN=… npx lisbon watch --install --url https://…";
    return fail({ kind: "usage", code: "no_qstash", message: "QSTASH_TOKEN is not set here", next });
  }
  const destination = `${address.value.url}/watch/tick`;
  const scheduleId = `lisbon-watch-${new URL(destination).host.replaceAll(/[^a-zA-Z0-9]/g, "-")}`;
  try {
    const client = new Client({ token, ...(baseUrl && { baseUrl }), enableTelemetry: false, retry: false });
    await client.schedules.create({ destination, cron: "*/2 * * * *", scheduleId, retries: 0 });
  } catch (cause) {
    const message = `QStash did not take the schedule: ${cause instanceof Error ? cause.message : String(cause)}`;
    return fail({ kind: "other", code: "qstash", message, next: "npx lisbon doctor looks at its credentials." });
  }
  const json = { schedule: scheduleId, destination };
  return ok({ json, lines: () => [`QStash asks ${harmless(destination)} every 2 minutes (${scheduleId}).`] });
}
