import type { Result } from "../lib/result.ts";
import { fail, ok } from "../lib/result.ts";
import type { Routing } from "../domain/routing.ts";
import type { BoardStore, StoredBoard } from "./board-state.ts";
import { KILLED_BYTES, killedBytes } from "./snapshot.ts";

/** Flags and kill switches as somebody switched them. Where nobody did, the map's value counts. */
export interface FlagView {
  readonly name: string;
  readonly value: boolean;
  /** What it is where nobody switched it. */
  readonly default: boolean;
  readonly switched: boolean;
}

export type SwitchRefused =
  | { readonly kind: "unknown_flag"; readonly known: readonly string[] }
  | { readonly kind: "unknown_route"; readonly known: readonly string[] }
  | { readonly kind: "unknown_account"; readonly known: readonly string[] }
  | { readonly kind: "not_a_switch_position" }
  /** They must fit into every snapshot. Switch routes off in the map instead (`"enabled": false`). */
  | { readonly kind: "too_many_killed" };

export class Overrides {
  readonly #routing: Routing;
  readonly #store: BoardStore;
  readonly #flags: Map<string, boolean>;
  readonly #killed: Set<string>;

  constructor(routing: Routing, store: BoardStore, stored: StoredBoard) {
    this.#routing = routing;
    this.#store = store;
    this.#flags = new Map(stored.flags);
    this.#killed = new Set(stored.killed);
  }

  /** Only those that somebody switched. */
  get flags(): Readonly<Record<string, boolean>> {
    return Object.fromEntries(this.#flags);
  }

  get killed(): ReadonlySet<string> {
    return this.#killed;
  }

  isKilled(routeId: string): boolean {
    return this.#killed.has(routeId);
  }

  views(): readonly FlagView[] {
    return Object.entries(this.#routing.flags).map(([name, standard]) => {
      const switched = this.#flags.get(name);
      return { name, value: switched ?? standard, default: standard, switched: switched !== undefined };
    });
  }

  /** Null takes the switch back: the map's value counts again. */
  setFlag(name: string, value: boolean | null): Result<null, SwitchRefused> {
    const known = Object.keys(this.#routing.flags);
    if (!known.includes(name)) return fail({ kind: "unknown_flag", known });
    if (!isPosition(value)) return fail({ kind: "not_a_switch_position" });
    if (value === null) this.#flags.delete(name);
    else this.#flags.set(name, value);
    this.#store.saveFlag(name, value);
    return ok(null);
  }

  setKill(routeId: string, killed: boolean | null): Result<null, SwitchRefused> {
    const known = this.#routing.routes.map((route) => route.id);
    // A switch that was thrown before the route left the map can still be taken back.
    if (!known.includes(routeId) && !this.#killed.has(routeId)) return fail({ kind: "unknown_route", known });
    if (!isPosition(killed)) return fail({ kind: "not_a_switch_position" });
    if (killed === true && killedBytes([...this.#killed, routeId]) > KILLED_BYTES) {
      return fail({ kind: "too_many_killed" });
    }
    if (killed === true) this.#killed.add(routeId);
    else this.#killed.delete(routeId);
    this.#store.saveKill(routeId, killed === true);
    return ok(null);
  }
}

/** What crosses a Durable Object was typed on the other side only. */
function isPosition(value: unknown): value is boolean | null {
  return value === null || typeof value === "boolean";
}
