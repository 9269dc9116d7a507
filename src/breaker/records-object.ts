import { DurableObject } from "cloudflare:workers";
import { AuditTrail, type AuditEntry } from "./audit-trail.ts";
import { KeyBook, type KeyRecord } from "./key-book.ts";
import type { RecordsOperator } from "./switchboard-operator.ts";

/** What the switchboard's object keeps for people: the keys that were made and revoked, and who changed what. */
export abstract class RecordsObject<Env> extends DurableObject<Env> implements RecordsOperator {
  readonly #keys: KeyBook;
  readonly #audit: AuditTrail;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#keys = new KeyBook(state.storage.sql);
    this.#audit = new AuditTrail(state.storage.sql);
  }

  /** Every isolate is to know. */
  protected abstract revokedOne(): void;

  /** Ids, the latest first. */
  protected revoked(): readonly string[] {
    return this.#keys.revoked();
  }

  async addKey(key: Omit<KeyRecord, "revokedAtMs">): Promise<void> {
    this.#keys.add(key);
  }

  async keys(tenant: string | null): Promise<readonly KeyRecord[]> {
    return this.#keys.list(tenant);
  }

  async revokeKey(id: string): Promise<boolean | null> {
    const revoked = this.#keys.revoke(id, Date.now());
    if (revoked === true) this.revokedOne();
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
