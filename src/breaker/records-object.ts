import { DurableObject } from "cloudflare:workers";
import { AuditTrail, type AuditEntry } from "./audit-trail.ts";
import type { SnapshotKept } from "./snapshot.ts";
import { LimitCopy } from "./limit-copy.ts";
import { KeyBook, type KeyRecord } from "./key-book.ts";
import { RatingBook } from "./rating-book.ts";
import type { RecordsOperator } from "./switchboard-operator.ts";

/** What the switchboard's object keeps for people: the keys that were made and revoked, and who changed what. */
export abstract class RecordsObject<Env> extends DurableObject<Env> implements RecordsOperator {
  readonly #keys: KeyBook;
  readonly #audit: AuditTrail;
  readonly #limits: LimitCopy;
  protected readonly ratings: RatingBook;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#keys = new KeyBook(state.storage.sql);
    this.#audit = new AuditTrail(state.storage.sql);
    this.#limits = new LimitCopy(state.storage.sql);
    this.ratings = new RatingBook(state.storage.sql);
  }

  /** Every isolate is to know. */
  protected abstract keptChanged(): void;

  protected readonly records: Pick<SnapshotKept, "revoked" | "limits"> = {
    revoked: () => this.#keys.revoked(),
    limits: () => this.#limits.all(),
  };

  async setLimits(limits: ReturnType<SnapshotKept["limits"]>): Promise<void> {
    this.#limits.replace(limits);
    this.keptChanged();
  }

  async addKey(key: Omit<KeyRecord, "revokedAtMs">): Promise<void> {
    this.#keys.add(key);
  }

  async keys(tenant: string | null): Promise<readonly KeyRecord[]> {
    return this.#keys.list(tenant);
  }

  async revokeKey(id: string): Promise<boolean | null> {
    const revoked = this.#keys.revoke(id, Date.now());
    if (revoked === true) this.keptChanged();
    return revoked;
  }

  async isRevoked(id: string): Promise<boolean> {
    return this.#keys.isRevoked(id);
  }

  async noteChange(entry: AuditEntry): Promise<void> {
    this.#audit.note(entry);
  }

  async changes(most: number): Promise<readonly AuditEntry[]> {
    return this.#audit.list(most);
  }
}
