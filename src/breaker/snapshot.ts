import type { Snapshot, SnapshotAccount, SnapshotRoute } from "./switchboard-port.ts";
import { SNAPSHOT_BYTES } from "./switchboard-port.ts";

/** What a snapshot is made of; whatever is closed is not in it. */
export interface SnapshotParts {
  readonly version: string;
  readonly atMs: number;
  readonly routes: readonly SnapshotRoute[];
  readonly accounts: readonly SnapshotAccount[];
  readonly killed: readonly string[];
  readonly flags: Readonly<Record<string, boolean>>;
}

/** Kill switches are always in a snapshot, so there may only be as many as leave room for the rest. */
export const KILLED_BYTES = SNAPSHOT_BYTES / 2;

/** The field names, version and flags. */
const FRAME_BYTES = 512;

/**
 * Never more than `SNAPSHOT_BYTES`, whatever happens: kill switches first, for they are somebody's will; then
 * accounts, which stand for several routes each; then open routes, those that stay open longest first. With ids of
 * 30 characters about 120 open routes fit in. The rest is left out and counted, and isolates take it for closed: their calls
 * fail over, and their own failures keep them away from it.
 */
export function buildSnapshot(parts: SnapshotParts): Snapshot {
  const room = new Room(SNAPSHOT_BYTES - FRAME_BYTES - killedBytes(parts.killed));
  const accounts = parts.accounts.toSorted(longestFirst).filter((entry) => room.take(entry));
  const routes = parts.routes.toSorted(longestFirst).filter((entry) => room.take(entry));
  const leftOut = parts.accounts.length - accounts.length + parts.routes.length - routes.length;
  return { ...parts, accounts, routes, leftOut };
}

export function killedBytes(killed: readonly string[]): number {
  return killed.reduce((bytes, id) => bytes + byteLength(id), 0);
}

class Room {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  take(entry: readonly unknown[]): boolean {
    const bytes = byteLength(entry);
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

function byteLength(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).byteLength + 1;
}

function longestFirst(left: readonly [string, number, ...unknown[]], right: readonly [string, number, ...unknown[]]) {
  return right[1] - left[1];
}
