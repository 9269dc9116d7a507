/**
 * Keys with their values and expiry. A key whose time has come is gone at the
 * moment somebody looks. No command holds an empty hash, list or set: Redis
 * deletes the key with its last member.
 */
import type { Clock } from "../../../src/lib/clock.ts";
import { assertNever } from "../../../src/lib/assert-never.ts";
import { CommandError } from "./command.ts";

export type Value =
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "hash"; readonly fields: ReadonlyMap<string, string> }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "set"; readonly members: ReadonlySet<string> };

export interface Entry {
  /** Grows with each new key: where a scan goes on. */
  readonly order: number;
  readonly value: Value;
  /** Null: never. */
  readonly expiresAtMs: number | null;
}

export class Keyspace {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Pick<Clock, "now">;
  #created = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || !this.#isOver(entry)) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /** Throws where the key holds something else. */
  read<Kind extends Value["kind"]>(key: string, kind: Kind): ValueOf<Kind> | undefined {
    const value = this.find(key)?.value;
    if (value === undefined || isOf(value, kind)) return value;
    throw new CommandError(WRONG_TYPE);
  }

  /** The expiry stays unless another is given. */
  write(key: string, value: Value, expiresAtMs = this.find(key)?.expiresAtMs ?? null): void {
    if (sizeOf(value) === 0) this.#entries.delete(key);
    else this.#entries.set(key, { order: this.find(key)?.order ?? ++this.#created, value, expiresAtMs });
  }

  delete(key: string): boolean {
    return this.find(key) !== undefined && this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** In the order of their creation. */
  all(): readonly (readonly [string, Entry])[] {
    return [...this.#entries].filter(([, entry]) => !this.#isOver(entry));
  }

  #isOver({ expiresAtMs }: Entry): boolean {
    return expiresAtMs !== null && expiresAtMs <= this.now();
  }
}

type ValueOf<Kind extends Value["kind"]> = Extract<Value, { readonly kind: Kind }>;

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

function isOf<Kind extends Value["kind"]>(value: Value, kind: Kind): value is ValueOf<Kind> {
  return value.kind === kind;
}

/** An empty string is a value like any other. */
function sizeOf(value: Value): number {
  switch (value.kind) {
    case "string":
      return 1;
    case "hash":
      return value.fields.size;
    case "list":
      return value.items.length;
    case "set":
      return value.members.size;
    default:
      return assertNever(value);
  }
}
