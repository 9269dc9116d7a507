import type { KeyState } from "./gathering.ts";
import type { Message } from "./message.ts";
import type { DeliveryState, GatheringOverview } from "./notifier-port.ts";
import type { Delivery, Due, OutboxStore } from "./outbox.ts";

/** The notifier's tables: see `docs/storage.md`. What is read here was written here, by this or an earlier version. */
export class NotifierTables implements OutboxStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS keys (
        key TEXT PRIMARY KEY, state TEXT NOT NULL, due_at_ms INTEGER, touched_at_ms INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS keys_due ON keys (due_at_ms) WHERE due_at_ms IS NOT NULL;
      CREATE TABLE IF NOT EXISTS messages (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at_ms INTEGER NOT NULL, body TEXT NOT NULL
      );
      CREATE TABLE IF NOT EXISTS deliveries (
        message INTEGER NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
        detail TEXT, tried_at_ms INTEGER, due_at_ms INTEGER,
        PRIMARY KEY (message, target)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due_at_ms) WHERE due_at_ms IS NOT NULL;
      CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    `);
  }

  key(key: string): KeyState | null {
    const row = this.#sql.exec<{ state: string }>("SELECT state FROM keys WHERE key = ?", key).toArray()[0];
    return row === undefined ? null : JSON.parse(row.state);
  }

  saveKey(key: string, state: KeyState): void {
    const touchedAtMs = Math.max(state.toldAtMs ?? 0, state.waiting?.dueMs ?? 0);
    this.#sql.exec(
      "INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?)",
      key,
      JSON.stringify(state),
      state.waiting?.dueMs ?? null,
      touchedAtMs,
    );
  }

  eraseKey(key: string): void {
    this.#sql.exec("DELETE FROM keys WHERE key = ?", key);
  }

  keysDue(now: number): readonly string[] {
    return this.#sql
      .exec<{ key: string }>("SELECT key FROM keys WHERE due_at_ms <= ? ORDER BY due_at_ms", now)
      .toArray()
      .map((row) => row.key);
  }

  gathering(): readonly GatheringOverview[] {
    return this.#sql
      .exec<{ key: string; state: string }>(
        "SELECT key, state FROM keys WHERE due_at_ms IS NOT NULL ORDER BY due_at_ms LIMIT 100",
      )
      .toArray()
      .flatMap((row) => {
        const { waiting }: KeyState = JSON.parse(row.state);
        if (waiting === null) return [];
        return [{ key: row.key, kind: waiting.notice.kind, count: waiting.count, dueAtMs: waiting.dueMs }];
      });
  }

  addMessage(message: Message, deliveries: readonly Delivery[]): void {
    this.#sql.exec(
      "INSERT INTO messages (id, at_ms, body) VALUES (?, ?, ?)",
      message.id,
      message.composedAtMs,
      JSON.stringify(message),
    );
    for (const delivery of deliveries) this.saveDelivery(delivery);
  }

  targetsDue(now: number): readonly string[] {
    return this.#sql
      .exec<{ target: string }>("SELECT DISTINCT target FROM deliveries WHERE due_at_ms <= ?", now)
      .toArray()
      .map((row) => row.target);
  }

  nextDue(target: string, now: number): Due | null {
    const row = this.#sql
      .exec<DeliveryRow & { body: string }>(
        `SELECT deliveries.*, messages.id, messages.body FROM deliveries JOIN messages ON messages.number = deliveries.message
         WHERE target = ? AND due_at_ms <= ? ORDER BY messages.number LIMIT 1`,
        target,
        now,
      )
      .toArray()[0];
    return row === undefined ? null : { message: JSON.parse(row.body), delivery: deliveryOf(row) };
  }

  saveDelivery({ messageId, target, state, attempts, detail, triedAtMs, dueAtMs }: Delivery): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO deliveries SELECT number, ?, ?, ?, ?, ?, ? FROM messages WHERE id = ?`,
      target,
      state,
      attempts,
      detail,
      triedAtMs,
      dueAtMs,
      messageId,
    );
  }

  putOff(target: string, untilMs: number): void {
    this.#sql.exec("UPDATE deliveries SET due_at_ms = ? WHERE target = ? AND due_at_ms < ?", untilMs, target, untilMs);
  }

  messages(most: number): readonly { readonly message: Message; readonly deliveries: readonly Delivery[] }[] {
    return this.#sql
      .exec<{ number: number; body: string }>("SELECT number, body FROM messages ORDER BY number DESC LIMIT ?", most)
      .toArray()
      .map(({ number, body }) => ({ message: JSON.parse(body), deliveries: this.#deliveriesOf(number) }));
  }

  nextDueMs(): number | null {
    const [keys, deliveries] = ["keys", "deliveries"].map((table) => this.#least("due_at_ms", table));
    if (keys == null || deliveries == null) return keys ?? deliveries ?? null;
    return Math.min(keys, deliveries);
  }

  oldestMs(): number | null {
    return this.#least("at_ms", "messages");
  }

  eraseBefore(messagesMs: number, keysMs: number): void {
    this.#sql.exec("DELETE FROM deliveries WHERE message IN (SELECT number FROM messages WHERE at_ms < ?)", messagesMs);
    this.#sql.exec("DELETE FROM messages WHERE at_ms < ?", messagesMs);
    this.#sql.exec("DELETE FROM keys WHERE touched_at_ms < ? AND due_at_ms IS NULL", keysMs);
  }

  noteOnce(name: string): boolean {
    if (this.note(name) !== null) return false;
    this.saveNote(name, "logged");
    return true;
  }

  saveNote(name: string, value: string): void {
    this.#sql.exec("INSERT OR REPLACE INTO notes VALUES (?, ?)", name, value);
  }

  note(name: string): string | null {
    return (
      this.#sql.exec<{ value: string }>("SELECT value FROM notes WHERE name = ?", name).toArray()[0]?.value ?? null
    );
  }

  #deliveriesOf(number: number): readonly Delivery[] {
    return this.#sql
      .exec<DeliveryRow>(
        `SELECT deliveries.*, messages.id FROM deliveries JOIN messages ON messages.number = deliveries.message
         WHERE message = ? ORDER BY target`,
        number,
      )
      .toArray()
      .map(deliveryOf);
  }

  #least(column: "due_at_ms" | "at_ms", table: string): number | null {
    return this.#sql.exec<{ least: number | null }>(`SELECT min(${column}) AS least FROM ${table}`).one().least;
  }
}

function deliveryOf({ id, target, state, attempts, detail, tried_at_ms, due_at_ms }: DeliveryRow): Delivery {
  return { messageId: id, target, state, attempts, detail, triedAtMs: tried_at_ms, dueAtMs: due_at_ms };
}

type DeliveryRow = {
  id: string;
  target: string;
  state: DeliveryState;
  attempts: number;
  detail: string | null;
  tried_at_ms: number | null;
  due_at_ms: number | null;
};
