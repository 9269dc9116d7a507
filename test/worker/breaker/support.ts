import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { NO_CHECKS } from "../../../src/domain/checks.ts";
import { NO_ACTIONS } from "../../../src/domain/watchdog.ts";
import type { ReportedRun } from "../../../src/breaker/switchboard-port.ts";
import type { Switchboard } from "./entry.ts";
import { world } from "./entry.ts";

export const A = "hot/anthropic/a";
export const B = "hot/anthropic/b";
const standardRoutes = world.routes;

export function resetWorld(): void {
  world.aheadMs = 0;
  world.probes.clear();
  world.probed.length = 0;
  world.notices.length = 0;
  world.setup = null;
  world.told.length = 0;
  world.flags = null;
  world.checks = NO_CHECKS;
  world.watchdog = NO_ACTIONS;
  world.billed = 0;
  world.parkedSinceMs = null;
  world.routes = standardRoutes;
}

export function objectOf(name: string): DurableObjectStub<Switchboard> {
  // The binding's class is the one that this project's entry exports, not the one of `src/index.ts`.
  const namespace: DurableObjectNamespace<Switchboard> = Reflect.get(env, "SWITCHBOARD");
  return namespace.getByName(name);
}

export function report(board: DurableObjectStub<Switchboard>, times: number, first = 0, isolate = "one") {
  return send(
    board,
    Array.from({ length: times }, (_none, place) => failedRun(first + place)),
    isolate,
  );
}

export function send(board: DurableObjectStub<Switchboard>, runs: ReportedRun[], isolate = "one") {
  return board.report({ isolate, knownVersion: null, runs });
}

export function failedRun(first: number, failed = "server_error"): ReportedRun {
  return {
    route: A,
    first,
    failed,
    beganAgoMs: 0,
    endedAgoMs: 0,
    retryAfterMs: null,
    oneModelOnly: false,
    error: "upstream says no",
  };
}

export function okRun(first: number, ok: number): ReportedRun {
  return { route: A, first, ok, beganAgoMs: 0, latenciesMs: [] };
}

export async function overviewOf(board: DurableObjectStub<Switchboard>) {
  return (await board.overview()).routes.find(({ id }) => id === A);
}

export async function statusOf(board: DurableObjectStub<Switchboard>) {
  return (await overviewOf(board))?.status;
}

/** By the switchboard's clock; null: no alarm is set. */
export async function dueInMs(board: DurableObjectStub<Switchboard>) {
  const atMs = await runInDurableObject(board, (_instance, state) => state.storage.getAlarm());
  return atMs === null ? null : atMs - Date.now() - world.aheadMs;
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await scheduler.wait(5);
}
