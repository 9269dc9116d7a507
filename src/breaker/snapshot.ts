import { ALL } from "../budget/pause.ts";
import type { InjectedFaults } from "../domain/injected-fault.ts";
import { errorKind, type LoopRecord } from "./loops.ts";
import type { Moments, Snapshot } from "./switchboard-port.ts";
import { SNAPSHOT_BYTES } from "./switchboard-port.ts";

/** What a snapshot is made of; whatever is closed is not in it. */
export interface SnapshotParts {
  readonly version: string;
  readonly atMs: number;
  readonly open: readonly Moment[];
  readonly routesOut: readonly Moment[];
  readonly accountsOut: readonly Moment[];
  readonly killed: readonly string[];
  readonly flags: Readonly<Record<string, boolean>>;
  readonly paused: readonly string[];
  readonly near: readonly Moment[];
  /** Of those, the ones of whose limit nothing is left. */
  readonly reached: readonly string[];
  readonly slow: readonly Moment[];
  readonly lowQuality: readonly Moment[];
  /** `kind route`: what the watchdog has put first, and until when. */
  readonly prefer: readonly Moment[];
  readonly faults: InjectedFaults;
  /** Requests that loop, the latest first. */
  readonly loops: readonly LoopRecord[];
  /** Kinds of which nobody answers, and when one call may walk again. */
  readonly quiet: Moments;
  /** Ids of server keys, the latest first. */
  readonly revoked: readonly string[];
  /** As small as whoever sets them sees to: `http/admin-limits.ts`. */
  readonly limits: Snapshot["limits"] & object;
}

/** What the object keeps beside the board. */
export interface SnapshotKept {
  /** Ids of server keys, the latest first. */
  revoked(): readonly string[];
  /** Limits that were changed at run time, by scope. */
  limits(): SnapshotParts["limits"];
  /** Requests that loop, the latest first. */
  loops(now: number): SnapshotParts["loops"];
  /** Kinds of which nobody answers. */
  quiet(): SnapshotParts["quiet"];
  /** What the watchdog has put first. */
  prefer?(now: number): SnapshotParts["prefer"];
}

/** Nothing of it where nobody keeps anything. */
export function keptIn(
  kept: SnapshotKept | undefined,
  now: number,
): Pick<SnapshotParts, "revoked" | "limits" | "loops" | "quiet" | "prefer"> {
  return {
    revoked: kept?.revoked() ?? [],
    limits: kept?.limits() ?? {},
    loops: kept?.loops(now) ?? [],
    quiet: kept?.quiet() ?? {},
    prefer: kept?.prefer?.(now) ?? [],
  };
}

export type Moment = readonly [id: string, untilMs: number];

/** Kill switches are always in a snapshot, so there may only be as many as leave room for the rest. */
export const KILLED_BYTES = 3 * 1024;

/** So many paused providers by name; more of them are everything. */
const PAUSED_BYTES = 512;

/** Of 12 characters each. Where there are more, isolates ask for each key that they do not know. */
export const REVOKED_IN_SNAPSHOT = 96;

/** Of about 30 bytes each. One that is left out costs its provider a refusal more. */
export const LOOPS_IN_SNAPSHOT = 200;

/** The field names, version and flags. */
const FRAME_BYTES = 512 + PAUSED_BYTES;

/**
 * Never more than `SNAPSHOT_BYTES`, whatever happens: kill switches first, for they are somebody's will; then
 * accounts, which stand for several routes each; then routes, those that stay out longest first. With ids of
 * 30 characters about 140 open routes fit in. The rest is left out and counted, and isolates take it for closed: their calls
 * fail over, and their own failures keep them away from it.
 */
export function buildSnapshot(parts: SnapshotParts): Snapshot {
  const revoked = parts.revoked.slice(0, REVOKED_IN_SNAPSHOT);
  const spoken = killedBytes(parts.killed) + faultBytes(parts.faults) + killedBytes(revoked) + limitBytes(parts.limits);
  const room = new Room(SNAPSHOT_BYTES - FRAME_BYTES - spoken);
  const accountsOut = room.fill(parts.accountsOut);
  const routesOut = room.fill(parts.routesOut);
  const open = room.fill(parts.open);
  const { leftOut } = room;
  // A hint, and no breaker: what does not fit in is not missed.
  const near = room.fill(parts.near);
  const lowQuality = room.fill(parts.lowQuality);
  const slow = room.fill(parts.slow);
  const prefer = room.fill(parts.prefer);
  const paused = bounded(parts.paused);
  const revokedLeftOut = revoked.length < parts.revoked.length;
  const reached = parts.reached.filter((id) => Object.hasOwn(near, id) && room.takes(id));
  const { loops: _loops, quiet: _quiet, prefer: _prefer, ...rest } = parts;
  const quiet = Object.entries(parts.quiet).filter((moment) => room.takes(moment));
  const loops = parts.loops.length === 0 ? null : loopsIn(parts.loops, room);
  return {
    ...rest,
    accountsOut,
    routesOut,
    open,
    near,
    reached,
    slow,
    lowQuality,
    paused,
    revoked,
    revokedLeftOut,
    leftOut,
    ...(Object.keys(prefer).length > 0 && { prefer }),
    ...(loops !== null && { loops }),
    ...(quiet.length > 0 && { quiet: Object.fromEntries(quiet) }),
  };
}

/**
 * By mark and error, so that a caller who loops with many requests costs little more than their fingerprints. A null
 * prototype would not cross a Durable Object.
 */
function loopsIn(records: readonly LoopRecord[], room: Room): Snapshot["loops"] & object {
  const loops: Record<string, Record<string, Record<string, number>>> = {};
  for (const { mark, id, error, untilMs } of records.slice(0, LOOPS_IN_SNAPSHOT)) {
    const kind = errorKind(error);
    const known = loops[mark]?.[kind];
    if (
      untilMs === null ||
      !room.takes(known === undefined ? { [mark]: { [kind]: { [id]: untilMs } } } : [id, untilMs])
    )
      continue;
    ((loops[mark] ??= {})[kind] ??= {})[id] = untilMs;
  }
  return loops;
}

function limitBytes(limits: object): number {
  return Object.keys(limits).length === 0 ? 0 : byteLength(limits);
}

function faultBytes(faults: InjectedFaults): number {
  return Object.keys(faults).length === 0 ? 0 : byteLength(faults);
}

export function killedBytes(killed: readonly string[]): number {
  return killed.reduce((bytes, id) => bytes + byteLength(id), 0);
}

/** A pause that is left out pauses nothing, and that is worse than one that pauses too much. */
function bounded(paused: readonly string[]): readonly string[] {
  return byteLength(paused) <= PAUSED_BYTES ? paused : [ALL];
}

class Room {
  leftOut = 0;
  #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  takes(value: unknown): boolean {
    const bytes = byteLength(value);
    if (bytes > this.#bytes) return false;
    this.#bytes -= bytes;
    return true;
  }

  fill(moments: readonly Moment[]): Moments {
    const longestFirst = moments.toSorted(([, left], [, right]) => right - left);
    const taken = longestFirst.filter((moment) => this.takes(moment));
    this.leftOut += moments.length - taken.length;
    return Object.fromEntries(taken);
  }
}

function byteLength(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).byteLength + 1;
}
