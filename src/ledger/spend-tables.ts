/** What was spent, by day, tenant, kind and account, and what people ask of it. */
import type { SpentLine } from "./ledger-port.ts";

export const SPEND_GROUPS = ["day", "tenant", "kind", "account", "provider"] as const;
export type SpendGroup = (typeof SPEND_GROUPS)[number];

export interface SpendQuestion {
  readonly by: readonly SpendGroup[];
  /** Days, both included. */
  readonly from: string;
  readonly to: string;
  /** Null: of every tenant. */
  readonly tenant: string | null;
}

export type SpendRow = Record<string, string | number>;

const MOST_ROWS = 5_000;

export function noteSpent(sql: SqlStorage, line: SpentLine): void {
  sql.exec(
    `INSERT INTO spent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET requests = requests + excluded.requests,
       prompt_tokens = prompt_tokens + excluded.prompt_tokens,
       completion_tokens = completion_tokens + excluded.completion_tokens,
       micros = micros + excluded.micros, estimated_micros = estimated_micros + excluded.estimated_micros`,
    line.day,
    line.tenant,
    line.kind,
    line.account,
    line.provider,
    line.requests,
    line.promptTokens,
    line.completionTokens,
    line.micros,
    line.estimatedMicros,
  );
}

export function spentBy(sql: SqlStorage, { by, from, to, tenant }: SpendQuestion): readonly SpendRow[] {
  const groups = by.join(", ");
  return sql
    .exec<SpendRow>(
      `SELECT ${groups}, SUM(requests) AS requests, SUM(prompt_tokens) AS prompt_tokens,
         SUM(completion_tokens) AS completion_tokens, SUM(micros) AS micros, SUM(estimated_micros) AS estimated_micros
       FROM spent WHERE day >= ? AND day <= ? AND (?3 IS NULL OR tenant = ?3)
       GROUP BY ${groups} ORDER BY ${groups} LIMIT ${MOST_ROWS}`,
      from,
      to,
      tenant,
    )
    .toArray();
}

/** A provider's spend in a month such as `2026-11`; null: of all of them. */
export function monthsSpend(sql: SqlStorage, month: string, provider: string | null): number {
  const { micros } = sql
    .exec<{ micros: number | null }>(
      "SELECT SUM(micros) AS micros FROM spent WHERE day >= ?1 || '-01' AND day <= ?1 || '-31' AND (?2 IS NULL OR provider = ?2)",
      month,
      provider,
    )
    .one();
  return micros ?? 0;
}
