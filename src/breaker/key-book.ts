/**
 * The server keys that were made and those that were revoked. A key proves
 * itself, so this is a list for people, and the truth about revocations only.
 */
export interface KeyRecord {
  readonly id: string;
  readonly tenant: string;
  /** For people: where it is used. */
  readonly name: string;
  readonly createdAtMs: number;
  /** Null: it counts. */
  readonly revokedAtMs: number | null;
}

type KeyRow = { id: string; tenant: string; name: string; created_at_ms: number; revoked_at_ms: number | null };

/** So many are listed, the latest first. */
const MOST_LISTED = 1_000;

export class KeyBook {
  readonly #sql: SqlStorage;
  #revoked: readonly string[] | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS keys (
        id TEXT PRIMARY KEY, tenant TEXT NOT NULL, name TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL, revoked_at_ms INTEGER
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS keys_revoked ON keys (revoked_at_ms) WHERE revoked_at_ms IS NOT NULL;
    `);
  }

  add({ id, tenant, name, createdAtMs }: Omit<KeyRecord, "revokedAtMs">): void {
    this.#sql.exec("INSERT INTO keys VALUES (?, ?, ?, ?, NULL)", id, tenant, name, createdAtMs);
  }

  /** Null: of every tenant. */
  list(tenant: string | null): readonly KeyRecord[] {
    const [where, values] = tenant === null ? ["", []] : ["WHERE tenant = ?", [tenant]];
    return this.#sql
      .exec<KeyRow>(`SELECT * FROM keys ${where} ORDER BY created_at_ms DESC LIMIT ${MOST_LISTED}`, ...values)
      .toArray()
      .map(recordOf);
  }

  /** Null: nobody made it here. True: it is revoked now, and was not before. */
  revoke(id: string, now: number): boolean | null {
    const [row] = this.#sql.exec<KeyRow>("SELECT * FROM keys WHERE id = ?", id).toArray();
    if (row === undefined) return null;
    if (row.revoked_at_ms !== null) return false;
    this.#sql.exec("UPDATE keys SET revoked_at_ms = ? WHERE id = ?", now, id);
    this.#revoked = null;
    return true;
  }

  /** The latest first. */
  revoked(): readonly string[] {
    this.#revoked ??= this.#sql
      .exec<{ id: string }>("SELECT id FROM keys WHERE revoked_at_ms IS NOT NULL ORDER BY revoked_at_ms DESC, id")
      .toArray()
      .map(({ id }) => id);
    return this.#revoked;
  }

  isRevoked(id: string): boolean {
    return this.revoked().includes(id);
  }
}

function recordOf({ id, tenant, name, created_at_ms, revoked_at_ms }: KeyRow): KeyRecord {
  return { id, tenant, name, createdAtMs: created_at_ms, revokedAtMs: revoked_at_ms };
}
