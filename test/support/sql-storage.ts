/** A Durable Object's SQL for tests in Node: real SQLite in memory, with the same words. */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";

export function createSqlStorage(): SqlStorage {
  const database = new DatabaseSync(":memory:");
  /** Preparing takes several times as long as running. */
  const prepared = new Map<string, StatementSync>();
  return {
    exec<Row extends Record<string, SqlStorageValue>>(
      query: string,
      ...bindings: readonly SqlStorageValue[]
    ): SqlStorageCursor<Row> {
      const rows = bindings.length === 0 && statements(query) > 1 ? runAll(query) : runOne(query, bindings);
      // The caller names the shape of its rows, as it does in workerd: there, too, nobody checks it.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
      const named = rows as Row[];
      return {
        toArray: () => named,
        one: () => {
          const [row, ...more] = named;
          if (row === undefined || more.length > 0) throw new Error(`expected one row, got ${named.length}`);
          return row;
        },
      };
    },
  };

  function runAll(query: string): Record<string, SqlStorageValue>[] {
    database.exec(query);
    return [];
  }

  function runOne(query: string, bindings: readonly SqlStorageValue[]): Record<string, SqlStorageValue>[] {
    const statement = prepared.get(query) ?? database.prepare(query);
    prepared.set(query, statement);
    const rows = statement.all(...bindings.map(asInput));
    return rows.map((row) => {
      const named: Record<string, SqlStorageValue> = {};
      for (const name in row) named[name] = asOutput(row[name] ?? null);
      return named;
    });
  }
}

/** Good enough for what tables create: none of it holds a `;` in a text. */
function statements(query: string): number {
  return query.split(";").filter((part) => part.trim() !== "").length;
}

/** Workerd binds what is undefined as no value at all; here that is a bug of the test's subject. */
function asInput(value: SqlStorageValue): SQLInputValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

function asOutput(value: SQLOutputValue): SqlStorageValue {
  if (value instanceof Uint8Array) return new Uint8Array(value).buffer;
  return typeof value === "bigint" ? Number(value) : value;
}
