/** What a running Lisbon has measured, as its `/admin` paths say it. */
import type { Measurements } from "../../planner/measured.ts";
import { fail, ok } from "../../src/lib/result.ts";
import type { Result } from "../../src/lib/result.ts";

export interface Asked {
  readonly url: string;
  readonly adminKey: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const DAYS = 30;
const DAY_MS = 86_400_000;
const ANSWER_MS = 10_000;

/** The failure says what to do next. */
export async function askLisbon({ url, adminKey, now }: Asked): Promise<Result<Measurements, string>> {
  const [from, today] = [dayOf(now - (DAYS - 1) * DAY_MS), dayOf(now)];
  const ask = async (path: string): Promise<Result<unknown, string>> => {
    const address = `${url.replace(/\/+$/, "")}${path}`;
    try {
      const response = await fetch(address, {
        headers: { authorization: `Bearer ${adminKey}` },
        signal: AbortSignal.timeout(ANSWER_MS),
        redirect: "manual",
      });
      if (response.status === 401 || response.status === 403) {
        return fail(`${address} does not take this admin key: it is LISBON_ADMIN_KEY of the deployment`);
      }
      if (!response.ok) return fail(`${address} answered ${response.status}: is that the address of a Lisbon?`);
      return ok(await response.json());
    } catch (cause) {
      const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
      return fail(`${address} does not answer (${String(why)}): check --url, or plan without it`);
    }
  };
  const breakers = await ask("/admin/breakers");
  if (!breakers.ok) return breakers;
  const spend = await ask(`/admin/spend?by=day,kind&from=${from}&to=${today}`);
  return spend.ok ? ok({ breakers: breakers.value, spend: spend.value, today }) : spend;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
