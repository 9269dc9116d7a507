/** Redis and QStash, each by a real command that changes nothing. */
import * as z from "zod";
import type { Variables } from "../variables-from.ts";
import { askDated } from "./ask-dated.ts";
import type { Looked } from "./finding.ts";

export interface Seen {
  readonly looked: readonly Looked[];
  /** See `Dated.skewMs`. */
  readonly skewMs: number | null;
}

const RedisAnswer = z.looseObject({ result: z.string().nullable() });
const REDIS_CONSOLE = "https://console.upstash.com/redis";

/** https://upstash.com/docs/redis/features/restapi */
export async function lookAtRedis(variables: Variables): Promise<Seen> {
  const what = "Redis";
  const url = variables["UPSTASH_REDIS_REST_URL"];
  const token = variables["UPSTASH_REDIS_REST_TOKEN"];
  if (!url && !token) {
    return unseen({ verdict: "skipped", what, said: "not used: the switchboard alone holds the pause" });
  }
  if (!url || !token || !URL.canParse(url)) {
    const said = "needs both UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN";
    return unseen({ verdict: "wrong", what, said, next: `Both are at ${REDIS_CONSOLE}` });
  }
  const asked = await askDated(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(["GET", "pause_ai_tasks"]),
  });
  if (!asked.ok) return unseen({ verdict: "wrong", what, said: asked.failure, next: `Is it there? ${REDIS_CONSOLE}` });
  const { status, body, tookMs, skewMs } = asked.value;
  if (status === 401 || status === 403) {
    const next = `The token's own place: ${REDIS_CONSOLE}`;
    return { looked: [{ verdict: "wrong", what, said: `does not take the token (${status})`, next }], skewMs };
  }
  const answer = RedisAnswer.safeParse(body);
  if (status !== 200 || !answer.success) {
    const next = "UPSTASH_REDIS_REST_URL must be the database's REST address.";
    return { looked: [{ verdict: "wrong", what, said: `answers ${status}, and not as Redis does`, next }], skewMs };
  }
  if (answer.data.result !== null && answer.data.result !== "0") {
    const next = "npx lisbon status says by whom; npx lisbon resume ends it.";
    return { looked: [{ verdict: "warn", what, said: "is reached; pause_ai_tasks is set", next }], skewMs };
  }
  return { looked: [{ verdict: "ok", what, said: `is reached in ${tookMs} ms; nothing is paused there` }], skewMs };
}

const SigningKeys = z.looseObject({ current: z.string(), next: z.string() });
const QSTASH_CONSOLE = "https://console.upstash.com/qstash";
/** https://upstash.com/docs/qstash/api-reference/signing-keys/get-signing-keys */
const QSTASH_URL = "https://qstash.upstash.io";

export async function lookAtQstash(variables: Variables): Promise<Seen> {
  const what = "QStash";
  const token = variables["QSTASH_TOKEN"];
  if (!token) return unseen({ verdict: "skipped", what, said: "not used: the jobs' own alarms deliver them" });
  const base = (variables["QSTASH_URL"] ?? QSTASH_URL).replace(/\/+$/, "");
  const asked = await askDated(`${base}/v2/keys`, { headers: { authorization: `Bearer ${token}` } });
  if (!asked.ok) return unseen({ verdict: "wrong", what, said: asked.failure, next: "https://status.upstash.com" });
  const { status, body, tookMs, skewMs } = asked.value;
  if (status === 401 || status === 403) {
    const next = `The token's own place: ${QSTASH_CONSOLE}`;
    return { looked: [{ verdict: "wrong", what, said: `does not take the token (${status})`, next }], skewMs };
  }
  const keys = SigningKeys.safeParse(body);
  if (status !== 200 || !keys.success) {
    const next = "QSTASH_URL must be QStash's own address, or not be set.";
    return { looked: [{ verdict: "wrong", what, said: `answers ${status}, and not as QStash does`, next }], skewMs };
  }
  const reached: Looked = { verdict: "ok", what, said: `is reached in ${tookMs} ms` };
  return { looked: [reached, signingKeys(keys.data, variables)], skewMs };
}

/** A wrong one refuses every delivery: jobs are then run late, by their own alarms. */
function signingKeys(keys: z.infer<typeof SigningKeys>, variables: Variables): Looked {
  const what = "QStash's signing keys";
  const given = [variables["QSTASH_CURRENT_SIGNING_KEY"], variables["QSTASH_NEXT_SIGNING_KEY"]];
  if (given[0] === keys.current && given[1] === keys.next)
    return { verdict: "ok", what, said: "are those of the token" };
  const next = `QSTASH_CURRENT_SIGNING_KEY and QSTASH_NEXT_SIGNING_KEY: ${QSTASH_CONSOLE}`;
  // After a rotation the next one has become the current one, and deliveries still pass.
  if (given.includes(keys.current)) {
    return { verdict: "warn", what, said: "were rotated: after the next rotation nothing is delivered", next };
  }
  return { verdict: "wrong", what, said: "are not those of the token: every delivery is refused", next };
}

function unseen(looked: Looked): Seen {
  return { looked: [looked], skewMs: null };
}

/** Links expire by it, and Amazon refuses what was signed more than five minutes away. */
const SKEW_WARNED_MS = 5_000;
const SKEW_WRONG_MS = 60_000;

/** `skews`: of the servers that said their time. */
export function lookAtClock(skews: readonly number[]): Looked {
  const what = "clock";
  const [first] = skews.toSorted((one, other) => Math.abs(one) - Math.abs(other));
  // The nearest: one server that is wrong by itself is not this machine's fault.
  if (first === undefined) return { verdict: "skipped", what, said: "not compared: no server said its time" };
  const seconds = Math.abs(Math.round(first / 1000));
  const said = `this machine is ${seconds} s ${first > 0 ? "behind" : "ahead"}`;
  const next = "Have it set by NTP (timedatectl set-ntp true).";
  if (Math.abs(first) > SKEW_WRONG_MS) return { verdict: "wrong", what, said, next };
  if (Math.abs(first) > SKEW_WARNED_MS) return { verdict: "warn", what, said, next };
  return { verdict: "ok", what, said: "agrees with the servers to some seconds" };
}
