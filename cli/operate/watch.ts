/** `lisbon watch`: looks after a router from any machine, once or for as long as it runs; or has QStash do it. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@upstash/qstash";
import * as z from "zod";
import { fail, ok } from "../../src/lib/result.ts";
import { adminAddress } from "../admin-address.ts";
import { askAdminFor, posting } from "../ask-admin.ts";
import { EXIT } from "../exit-codes.ts";
import { showEnding, type CommandOptions, type Ending } from "../run-command.ts";
import { fromNow, isoOf } from "../screen/moments.ts";
import type { Paint } from "../screen/paint.ts";
import { harmless } from "../screen/table.ts";

export interface WatchOptions extends CommandOptions {
  /** Seconds; 60 by default. */
  readonly every?: string;
  readonly once?: true;
  readonly install?: true;
}

const Watched = z.looseObject({
  atMs: z.number(),
  findings: z.array(
    z.looseObject({ kind: z.string(), key: z.string(), title: z.string(), why: z.string(), nextAction: z.string() }),
  ),
  seen: z.record(z.string(), z.number()),
});
type Watched = z.infer<typeof Watched>;

const SHORTEST_SECONDS = 5;

/** With `--once` the ending of one look; else it looks until it is stopped, and shows each ending itself. */
export async function watch(options: WatchOptions): Promise<Ending> {
  if (options.install) return await install(options);
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
  const asked = await askAdminFor(Watched, options, "/watch/tick", posting());
  if (!asked.ok) return asked;
  const { findings, seen } = asked.value;
  return ok({
    exitCode: findings.length === 0 ? EXIT.fine : EXIT.wrong,
    json: { findings, seen: Object.fromEntries(Object.entries(seen).map(([watcher, ms]) => [watcher, isoOf(ms)])) },
    lines: (paint) => watchLines(asked.value, paint),
  });
}

const NAMES: Readonly<Record<string, string>> = {
  worker: "the watchdog Worker",
  qstash: "the QStash schedule",
  cli: "lisbon watch",
};

export function watchLines({ atMs, findings, seen }: Watched, paint: Paint): readonly string[] {
  const time = new Date(atMs).toISOString();
  const others = Object.entries(seen).filter(([watcher]) => watcher !== "cli");
  return [
    findings.length === 0
      ? `${time} ${paint("good", "all is well")}`
      : `${time} ${paint("bad", findings.length === 1 ? "1 finding" : `${findings.length} findings`)}`,
    ...findings.flatMap(({ title, why, nextAction }) => [
      `  ${paint("warn", harmless(title))} (${harmless(why)})`,
      `    ${harmless(nextAction)}`,
    ]),
    others.length === 0
      ? "  Nobody else looks after it: docs/watchdog.md."
      : `  ${others.map(([watcher, ms]) => `${harmless(NAMES[watcher] ?? watcher)} looked ${fromNow(ms, atMs)}`).join(", ")}`,
  ];
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
