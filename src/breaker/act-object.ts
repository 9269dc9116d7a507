import { isPaused } from "../budget/pause.ts";
import { policyOf } from "../domain/failure.ts";
import type { Route } from "../domain/route.ts";
import type { WatchdogSettings } from "../domain/watchdog.ts";
import {
  actionsOf,
  endingsOf,
  releasedBy,
  type ActFacts,
  type ActRoute,
  type Acted,
  type Deed,
  type Opening,
} from "../watch/actions.ts";
import { deedNotices } from "../watch/deed-notice.ts";
import type { Finding } from "../watch/findings.ts";
import { actingOf, nothingHeld, type Acting, type Held } from "../watch/held.ts";
import type { Board } from "./board.ts";
import type { Incident } from "./board-state.ts";
import { ChecksObject } from "./checks-object.ts";
import { isOut } from "./exclusion.ts";
import { routeOverview } from "./overview.ts";
import type { Moment } from "./snapshot.ts";

/** What the switchboard's object does by itself for the watchdog, as far as the map allows. */
export abstract class ActObject<Env> extends ChecksObject<Env> {
  #kept: Held | null = null;
  #settings: WatchdogSettings | null = null;

  /** As an operator's pause, and told of by the watchdog alone. Canonical; it must not wait. */
  protected abstract pauseByWatchdog(provider: string, reason: string): void;

  /** Something is due earlier than it was. */
  protected abstract dueChanged(): Promise<void>;

  /** A person takes what was put first for a kind off its place. False: nothing was. */
  async release(kind: string): Promise<boolean> {
    const acted = releasedBy(this.#held(), kind, { allowed: this.#allowed(), atMs: this.clock().now() });
    this.#carryOut(acted);
    return acted.deeds.length > 0;
  }

  protected act(findings: readonly Finding[]): void {
    this.#carryOut(actionsOf(this.#facts(this.#allowed().act.has("kill")), findings));
  }

  /** Whatever of it is over is ended; nothing is begun. Cheap where nothing is held. */
  protected endHeld(): void {
    const { preferred, killed, paused } = this.#held();
    const isHeld = [preferred, killed, paused].some((of) => Object.keys(of).length > 0);
    if (isHeld) this.#carryOut(endingsOf(this.#facts(false)));
  }

  protected acting(): Acting {
    return actingOf(this.#held(), this.#allowed());
  }

  /** `kind route`, for every snapshot. */
  protected preferences(now: number): readonly Moment[] {
    return Object.entries(this.#held().preferred).flatMap(([kind, { routeId, untilMs }]): Moment[] =>
      untilMs > now ? [[`${kind} ${routeId}`, untilMs]] : [],
    );
  }

  protected heldDueMs(): number | null {
    const moments = Object.values(this.#held().preferred).map(({ untilMs }) => untilMs);
    return moments.length === 0 ? null : Math.min(...moments);
  }

  /** Stored before anything is done, in one go with it: nothing here waits. */
  #carryOut({ held, deeds }: Acted): void {
    this.#keep(held);
    if (deeds.length === 0) return;
    const atMs = this.clock().now();
    const done = deeds.filter((deed) => {
      const { do: what, ...more } = deed;
      const isDone = this.#isDone(deed);
      const entry = { atMs, who: "watchdog", what, detail: JSON.stringify(more), status: isDone ? 200 : 409 };
      if (isOwn(deed)) void this.noteChange(entry);
      return isDone;
    });
    for (const notice of deedNotices(done, atMs, Object.values(held.preferred))) this.tell(notice);
    this.chainsChanged();
    this.openBoard().changed();
  }

  /** False: it was refused (there are too many killed ones for a snapshot), and is as if somebody had undone it. */
  #isDone(deed: Deed): boolean {
    if (deed.do === "pause") this.pauseByWatchdog(deed.provider, `The watchdog: ${deed.why}`);
    if (deed.do !== "kill") return true;
    const { routeId } = deed;
    const thrown = this.openBoard().overrides.throwAll({ kills: { [routeId]: true } });
    if (thrown.ok) return true;
    const atMs = this.clock().now();
    const held = this.#held();
    this.#keep({ ...held, killed: { ...held.killed, [routeId]: { atMs, endedMs: atMs } } });
    return false;
  }

  #facts(withOpenings: boolean): ActFacts {
    const board = this.openBoard();
    const { routing } = board;
    const atMs = this.clock().now();
    const pausedScopes = this.pausedScopes();
    const candidates = routing.routes.filter(({ tier }) => tier !== "smaller").map(({ id }) => id);
    const kinds = [...routing.kinds.values()].filter(({ answeredBy }) => answeredBy === "providers");
    return {
      atMs,
      allowed: this.#allowed(),
      routes: routing.routes.map((route) => ({
        ...actRoute(board, route, atMs),
        paused: isPaused(route, pausedScopes, routing.pause),
      })),
      kinds: [
        ...kinds.map(({ name, routeIds }) => ({ name, routeIds: routeIds ?? candidates })),
        { name: routing.defaultKind.name, routeIds: candidates },
      ],
      warm: board.overrides.flags["enable_warm_fallback"] ?? routing.flags.enable_warm_fallback,
      pausedScopes,
      drill: board.drill.isOrWas(OPENINGS_MS, atMs),
      openings: withOpenings ? openingsIn(board.incidents.since(atMs - OPENINGS_MS), routing.routes) : [],
      held: this.#held(),
    };
  }

  #allowed(): WatchdogSettings {
    this.#settings ??= this.watchdog();
    return this.#settings;
  }

  #held(): Held {
    this.#kept ??= { ...nothingHeld, ...JSON.parse(this.tables.note("watch_held") ?? "{}") };
    return this.#kept ?? nothingHeld;
  }

  #keep(held: Held): void {
    const [before, after] = [JSON.stringify(this.#held()), JSON.stringify(held)];
    if (before === after) return;
    this.tables.saveNote("watch_held", after);
    this.#kept = held;
  }
}

const OPENINGS_MS = 3_600_000;

/** What a person has ended stands in the trail under the person's name. */
function isOwn(deed: Deed): boolean {
  if (deed.do === "prefer_free_ended") return deed.why !== "released";
  return deed.do !== "kill_ended" && deed.do !== "pause_ended";
}

function actRoute(board: Board, route: Route, now: number): Omit<ActRoute, "paused"> {
  const { id, account, provider, tier, cost } = route;
  const { status, nearLimitUntilMs, slowUntilMs, lowQualityUntilMs } = routeOverview(board, route, now);
  const exclusion = board.account(account);
  return {
    id,
    account,
    provider,
    tier,
    cost,
    status,
    behind: nearLimitUntilMs !== null || slowUntilMs !== null || lowQualityUntilMs !== null,
    spent: isOut(exclusion, now) && exclusion.out?.unnamed === true,
    answeredAtMs: board.record(id).statistics.answeredAtMs ?? null,
  };
}

/** An error that opens an account of several routes is none of one route. */
function openingsIn(incidents: readonly Incident[], routes: readonly Route[]): readonly Opening[] {
  return incidents.flatMap(({ rule, target, kind, detail, startedAtMs: atMs }): Opening[] => {
    const { counts } = policyOf(kind);
    if (counts !== "same_error" && counts !== "same_error_route") return [];
    const concerned = routes.filter((route) => (rule === "account" ? route.account : route.id) === target);
    const [only] = concerned;
    return only === undefined || concerned.length > 1 ? [] : [{ routeId: only.id, error: `${kind}: ${detail}`, atMs }];
  });
}
