import type { BoardStore, BreakerNotice, Incident, IncidentCalls, NewIncident, RouteRecord } from "./board-state.ts";
import type { Circuit } from "./circuit.ts";
import type { Route } from "../domain/route.ts";
import type { Exclusion } from "./exclusion.ts";
import { FORGOTTEN_MS, slowUntilMs } from "./pace.ts";
import { accountSubject, routeSubject, type Tally } from "./series.ts";

/** Every opening and its end, written down and told to whoever wants notices. */
export class Incidents {
  readonly #store: BoardStore;
  readonly #notice: (notice: BreakerNotice) => void;
  readonly #open: Map<string, Incident>;
  readonly #routes: readonly Route[];
  readonly #uncounted = new Set<number>();

  constructor(
    store: BoardStore,
    notice: (notice: BreakerNotice) => void,
    open: readonly Incident[],
    routes: readonly Route[],
  ) {
    this.#store = store;
    this.#notice = notice;
    this.#routes = routes;
    this.#open = new Map(open.map((incident) => [keyOf(incident.rule, incident.target), incident]));
  }

  open(): readonly Incident[] {
    return [...this.#open.values()];
  }

  latest(most: number): readonly Incident[] {
    return this.#store.incidents(most);
  }

  /** Open, or ended after that moment. */
  since(sinceMs: number): readonly Incident[] {
    this.write();
    return this.#store.incidentsSince(sinceMs);
  }

  /** What became of calls that met what is open. */
  count(tally: Tally): void {
    for (const [key, incident] of this.#open) {
      const { rule, target } = incident;
      const counts = tally[rule === "account" ? accountSubject(target) : routeSubject(target)];
      if (counts === undefined) continue;
      const calls = plus(incident.calls, counts);
      if (calls === incident.calls) continue;
      this.#open.set(key, { ...incident, calls });
      this.#uncounted.add(incident.id);
    }
  }

  /** What was counted outlives the memory. */
  write(): void {
    if (this.#uncounted.size === 0) return;
    for (const { id, calls } of this.#open.values()) if (this.#uncounted.has(id)) this.#store.countIncident(id, calls);
    this.#uncounted.clear();
  }

  /** What is no longer in the map has no end of its own. */
  endGone(isThere: (incident: Incident) => boolean, now: number): void {
    for (const incident of this.open()) if (!isThere(incident)) this.#end(incident.rule, incident.target, now);
  }

  /** True: something changed that planning needs. */
  followRoute(routeId: string, before: RouteRecord, after: RouteRecord, now: number): boolean {
    const circuit = this.#followCircuit(routeId, before, after, now);
    const out = this.followExclusion("route", routeId, before.breaker.exclusion, after.breaker.exclusion, now);
    const moved = wasMoved(before, after, now);
    return circuit || out || moved;
  }

  followExclusion(
    rule: "route" | "account",
    target: string,
    before: Exclusion,
    after: Exclusion,
    now: number,
  ): boolean {
    if (before.out === null && after.out !== null) {
      const { kind, detail } = after.out;
      const same = before.sightings.filter(({ error }) => error === detail);
      const firstFailureAtMs = Math.min(now, ...same.map(({ atMs }) => atMs));
      this.#start({ rule, target, kind, detail, startedAtMs: now, firstFailureAtMs });
    }
    if (before.out !== null && after.out === null) this.#end(rule, target, Math.min(now, before.out.untilMs));
    return before.out?.untilMs !== after.out?.untilMs;
  }

  #followCircuit(routeId: string, before: RouteRecord, after: RouteRecord, now: number): boolean {
    const [was, is] = [before.breaker.circuit, after.breaker.circuit];
    if (was.phase === "closed" && is.phase === "open") {
      const detail = after.statistics.lastError?.detail ?? "";
      const firstFailureAtMs = was.run?.firstFailureMs ?? now;
      this.#start({ rule: "circuit", target: routeId, kind: is.kind, detail, startedAtMs: now, firstFailureAtMs });
    }
    if (was.phase === "open" && is.phase === "closed") this.#end("circuit", routeId, now);
    return openUntil(was) !== openUntil(is);
  }

  #start(incident: Omit<NewIncident, "provider" | "routes">): void {
    const { rule, target } = incident;
    const concerned = this.#routes.filter((route) => (rule === "account" ? route.account : route.id) === target);
    const routes = concerned.map(({ id }) => id);
    const started = this.#store.startIncident({ ...incident, provider: concerned[0]?.provider ?? "", routes });
    this.#open.set(keyOf(incident.rule, incident.target), started);
    this.#notice({ event: "opened", incident: started });
  }

  #end(rule: Incident["rule"], target: string, endedAtMs: number): void {
    const incident = this.#open.get(keyOf(rule, target));
    if (incident === undefined) return;
    this.write();
    this.#open.delete(keyOf(rule, target));
    this.#store.endIncident(incident.id, endedAtMs);
    this.#notice({ event: "closed", incident: { ...incident, endedAtMs } });
  }
}

function keyOf(rule: Incident["rule"], target: string): string {
  return `${rule} ${target}`;
}

function plus(calls: IncidentCalls, { saved = 0, parked = 0, missed = 0 }: Tally[string]): IncidentCalls {
  if (saved + parked + missed === 0) return calls;
  return { saved: calls.saved + saved, parked: calls.parked + parked, missed: calls.missed + missed };
}

function openUntil(circuit: Circuit): number | null {
  return circuit.phase === "open" ? circuit.untilMs : null;
}

/** A slow route says so again with every report; isolates need not hear each time that it is put off a little longer. */
const LONGER_MS = FORGOTTEN_MS / 4;

/** Did it lose its place in the plan, or get it back? */
function wasMoved(before: RouteRecord, after: RouteRecord, now: number): boolean {
  if (before.breaker.quality?.behindUntilMs !== after.breaker.quality?.behindUntilMs) return true;
  const [was, is] = [slowToldUntil(before, now), slowToldUntil(after, now)];
  return was !== is;
}

/** Until when isolates are told that it is slow, in steps; 0: it is not. */
export function slowToldUntil({ statistics }: RouteRecord, now: number): number {
  const untilMs = slowUntilMs(statistics.pace, now);
  return untilMs === null ? 0 : Math.ceil(untilMs / LONGER_MS) * LONGER_MS;
}
