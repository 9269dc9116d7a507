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
  | { readonly kind: "unknown_loop"; readonly known: readonly string[] }
  | { readonly kind: "not_a_switch_position" }
  /** They must fit into every snapshot. Switch routes off in the map instead (`"enabled": false`). */
  | { readonly kind: "too_many_killed" };

export interface Switches {
  readonly flags?: Readonly<Record<string, boolean | null>>;
  /** By route id; a killed route gets no traffic and no probe. Null and false both take the switch back. */
  readonly kills?: Readonly<Record<string, boolean | null>>;
}

export interface RefusedSwitch {
  /** `flags.NAME` or `routes.ID`. */
  readonly field: string;
  readonly refused: SwitchRefused;
}

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

  /** All of them or, where one is refused, none. Null takes a switch back: the map's value counts again. */
  throwAll({ flags = {}, kills = {} }: Switches): Result<null, RefusedSwitch> {
    for (const [name, value] of Object.entries(flags)) {
      const refused = this.#refuseFlag(name, value);
      if (refused !== null) return fail({ field: `flags.${name}`, refused });
    }
    const killed = new Set(this.#killed);
    for (const [routeId, kill] of Object.entries(kills)) {
      const refused = this.#refuseKill(routeId, kill);
      if (refused !== null) return fail({ field: `routes.${routeId}`, refused });
      if (kill === true) killed.add(routeId);
      else killed.delete(routeId);
      if (kill === true && killedBytes([...killed]) > KILLED_BYTES) {
        return fail({ field: `routes.${routeId}`, refused: { kind: "too_many_killed" } });
      }
    }
    for (const [name, value] of Object.entries(flags)) this.#setFlag(name, value);
    for (const [routeId, kill] of Object.entries(kills)) this.#setKill(routeId, kill === true);
    return ok(null);
  }

  #refuseFlag(name: string, value: unknown): SwitchRefused | null {
    const known = Object.keys(this.#routing.flags);
    if (!known.includes(name)) return { kind: "unknown_flag", known };
    return isPosition(value) ? null : { kind: "not_a_switch_position" };
  }

  #refuseKill(routeId: string, kill: unknown): SwitchRefused | null {
    const known = this.#routing.routes.map((route) => route.id);
    // A switch that was thrown before the route left the map can still be taken back.
    if (!known.includes(routeId) && !this.#killed.has(routeId)) return { kind: "unknown_route", known };
    return isPosition(kill) ? null : { kind: "not_a_switch_position" };
  }

  #setFlag(name: string, value: boolean | null): void {
    if (value === null) this.#flags.delete(name);
    else this.#flags.set(name, value);
    this.#store.saveFlag(name, value);
  }

  #setKill(routeId: string, killed: boolean): void {
    if (killed) this.#killed.add(routeId);
    else this.#killed.delete(routeId);
    this.#store.saveKill(routeId, killed);
  }
}

/** What crosses a Durable Object was typed on the other side only. */
function isPosition(value: unknown): value is boolean | null {
  return value === null || typeof value === "boolean";
}
