import { isPaused } from "../budget/pause.ts";
import type { Notice } from "../domain/notice.ts";
import type { Route } from "../domain/route.ts";
import type { Board } from "./board.ts";
import type { BoardStore, BreakerNotice, Incident } from "./board-state.ts";
import { circuitNotice } from "./circuit-notice.ts";
import { isOut } from "./exclusion.ts";
import type { ServiceView, WatchedRoute, WatchState } from "./service-watch.ts";
import { nothingWatched, watchService } from "./service-watch.ts";

export interface BoardWatchOptions {
  readonly store: Pick<BoardStore, "saveWatch">;
  /** A human may want to hear of it. It must not throw, and not wait. */
  readonly tell?: (notice: Notice) => void;
}

/** The service's watch over a board: shows it how the routes stand, keeps its state and tells what it finds. */
export class BoardWatch {
  readonly #options: BoardWatchOptions;
  readonly #answered = new Set<string>();
  #state: WatchState;

  constructor(options: BoardWatchOptions, stored: WatchState | null) {
    this.#options = options;
    this.#state = stored ?? nothingWatched;
  }

  get lookAtMs(): number | null {
    return this.#state.lookAtMs;
  }

  /** A call or a probe. Counts at the next look. */
  answered(routeId: string): void {
    this.#answered.add(routeId);
  }

  look(board: Board, paused: ReadonlySet<string>, now: number): void {
    const settings = board.routing.notices;
    const { state, notices } = watchService(this.#state, this.#answered, viewOf(board, paused, now), settings, now);
    this.#answered.clear();
    if (JSON.stringify(state) !== JSON.stringify(this.#state)) {
      this.#state = state;
      this.#options.store.saveWatch(state);
    }
    for (const notice of notices) this.#options.tell?.(notice);
  }

  /** An opening, or its end. */
  follow(board: Board, notice: BreakerNotice): void {
    this.#options.tell?.(circuitNotice(notice, untilMs(board, notice.incident)));
  }
}

/** What a budget has paused is no fault, and was told as a pause: it counts neither as well nor as ill. */
function viewOf(board: Board, paused: ReadonlySet<string>, now: number): ServiceView {
  const { routes, pause } = board.routing;
  const { enable_warm_fallback: warmAllowed = true } = Object.fromEntries(
    board.overrides.views().map(({ name, value }) => [name, value]),
  );
  return {
    routes: routes.filter((route) => !isPaused(route, paused, pause)).map((route) => watched(board, route, now)),
    warmAllowed,
  };
}

function watched(board: Board, route: Route, now: number): WatchedRoute {
  const { id, tier, cost, account } = route;
  const { breaker, statistics } = board.record(id);
  const moments = [board.account(account), breaker.exclusion]
    .filter((exclusion) => isOut(exclusion, now))
    .map((exclusion) => exclusion.out?.untilMs ?? now);
  if (breaker.circuit.phase === "open") moments.push(breaker.circuit.untilMs);
  return {
    id,
    tier,
    cost,
    killed: board.overrides.isKilled(id),
    blocked: moments.length > 0,
    failedLast: statistics.last.at(-1) === 0,
    backAtMs: moments.length === 0 ? null : Math.max(...moments),
  };
}

/** From when it is probed, or when it ends; null: it has ended. */
function untilMs(board: Board, { rule, target }: Incident): number | null {
  if (rule === "account") return board.account(target).out?.untilMs ?? null;
  const { circuit, exclusion } = board.record(target).breaker;
  if (rule === "route") return exclusion.out?.untilMs ?? null;
  return circuit.phase === "open" ? circuit.untilMs : null;
}
