/** What was spent, by day, tenant, kind and account, of late by minute and route too, and what people ask of it. */
import type { SpentLine } from "./ledger-port.ts";

export const SPEND_GROUPS = ["day", "tenant", "kind", "account", "provider", "minute", "ten_minutes", "route"] as const;
export type SpendGroup = (typeof SPEND_GROUPS)[number];

/** A minute is known by its route alone, for 26 hours. `2026-11-21T03:14`; ten of them: `2026-11-21T03:10`. */
const RECENT = {
  minute: "minute",
  ten_minutes: "substr(minute, 1, 15) || '0'",
  route: "route",
} as const satisfies Partial<Record<SpendGroup, string>>;

/** Of the last 26 hours by minute and route, or of all days by the others: never of both. */
export function canGroup(by: readonly SpendGroup[], tenant: string | null): boolean {
  const recent = by.filter(isRecent).length;
  return recent === 0 || (recent === by.length && tenant === null);
}

/** Of what is kept by minute and route. */
export function isRecent(group: SpendGroup): group is keyof typeof RECENT {
  return Object.hasOwn(RECENT, group);
}

export interface SpendQuestion {
  readonly by: readonly SpendGroup[];
  /** Days, both included. */
  readonly from: string;
  readonly to: string;
  /** Null: of every tenant. */
  readonly tenant: string | null;
}

export type SpendRow = Record<string, string | number>;

const MOST_ROWS = 10_000;
/** The last day, and what of it another time zone's midnight leaves over. */
export const RECENT_MS = 26 * 3_600_000;

/** `now`: when the ledger heard of it, milliseconds since 1970. An isolate tells within seconds. */
export function noteSpent(sql: SqlStorage, line: SpentLine, now: number): void {
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
  sql.exec(
    `INSERT INTO spent_lately VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET requests = requests + excluded.requests,
       prompt_tokens = prompt_tokens + excluded.prompt_tokens,
       completion_tokens = completion_tokens + excluded.completion_tokens,
       micros = micros + excluded.micros, estimated_micros = estimated_micros + excluded.estimated_micros`,
    minuteOf(now),
    line.route ?? line.account,
    line.requests,
    line.promptTokens,
    line.completionTokens,
    line.micros,
    line.estimatedMicros,
  );
}

export function forgetSpentLately(sql: SqlStorage, now: number): void {
  sql.exec("DELETE FROM spent_lately WHERE minute < ?", minuteOf(now - RECENT_MS));
}

function minuteOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, "2026-11-21T03:14".length);
}

/** By minute the latest first, so that a list that is cut lacks the oldest. */
export function spentBy(sql: SqlStorage, { by, from, to, tenant }: SpendQuestion): readonly SpendRow[] {
  const groups = by.join(", ");
  if (by.some(isRecent)) {
    const named = by.filter(isRecent).map((group) => `${RECENT[group]} AS ${group}`);
    return sql
      .exec<SpendRow>(
        `SELECT ${named.join(", ")}, SUM(requests) AS requests, SUM(prompt_tokens) AS prompt_tokens,
           SUM(completion_tokens) AS completion_tokens, SUM(micros) AS micros, SUM(estimated_micros) AS estimated_micros
         FROM spent_lately WHERE substr(minute, 1, 10) BETWEEN ? AND ?
         GROUP BY ${by.map((_, place) => place + 1).join(", ")} ORDER BY 1 DESC LIMIT ${MOST_ROWS}`,
        from,
        to,
      )
      .toArray();
  }
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
