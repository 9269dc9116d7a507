import type { JobStorage } from "../../src/jobs/job-tables.ts";
import { createSqlStorage } from "./sql-storage.ts";

/** A job's storage in Node: real SQLite in memory, transactions included. */
export function createJobStorage(): JobStorage {
  const sql = createSqlStorage();
  return {
    sql,
    transactionSync(run) {
      sql.exec("SAVEPOINT change");
      try {
        const value = run();
        sql.exec("RELEASE change");
        return value;
      } catch (cause) {
        sql.exec("ROLLBACK TO change");
        sql.exec("RELEASE change");
        throw cause;
      }
    },
  };
}
