/**
 * Faults for drills: a route that is well is made to look ill. Only where
 * CHAOS is on. Written as one line of text, `name[:number][;share=percent]`,
 * because that is what a header, a scenario and a snapshot can all hold:
 * `unreachable`, `rate_limited:20`, `slow:3000;share=50`.
 */
import { fail, ok, type Result } from "../lib/result.ts";

export const INJECTED_FAULTS = [
  "unreachable",
  "server_error",
  "silent",
  "overloaded",
  "rate_limited",
  "slow",
  "cut",
  "stall",
  "empty",
  "garbage",
] as const;
export type FaultName = (typeof INJECTED_FAULTS)[number];

/** As text. */
export type InjectedFault = string;
export type InjectedFaults = Readonly<Record<string, InjectedFault>>;

export interface Fault {
  readonly name: FaultName;
  /** `rate_limited`: seconds of `Retry-After`. `slow`: milliseconds. `cut`, `stall`: bytes of a stream that still come. */
  readonly amount: number;
  /** In per cent of the attempts. */
  readonly share: number;
}

const AMOUNTS: Partial<Record<FaultName, { readonly byDefault: number; readonly most: number }>> = {
  rate_limited: { byDefault: 20, most: 3_600 },
  slow: { byDefault: 3_000, most: 120_000 },
  cut: { byDefault: 1_000, most: 1_000_000 },
  stall: { byDefault: 1_000, most: 1_000_000 },
};

/** The failure says what is wrong with the text. */
export function readFault(text: string): Result<Fault, string> {
  const [, word = "", amountText, shareText] =
    /^([a-z_]+)(?::(\d{1,7}))?(?:;share=(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const name = INJECTED_FAULTS.find((known) => known === word);
  if (name === undefined) {
    return fail(`expected name[:number][;share=percent], where the name is one of ${INJECTED_FAULTS.join(", ")}`);
  }
  const amounts = AMOUNTS[name];
  if (amounts === undefined && amountText !== undefined) return fail(`${name} takes no number`);
  const amount = amountText === undefined ? (amounts?.byDefault ?? 0) : Number(amountText);
  if (amounts !== undefined && amount > amounts.most) return fail(`${name} takes at most ${amounts.most}`);
  const share = shareText === undefined ? 100 : Number(shareText);
  if (share < 1 || share > 100) return fail("a share is 1 to 100 per cent");
  return ok({ name, amount, share });
}

/** Does this one meet it? */
export function meetsFault({ share }: Fault, random: () => number): boolean {
  return share === 100 || random() * 100 < share;
}

/** Does `hot/*` mean this route? One star, at the end, stands for whatever follows. */
export function faultIsFor(pattern: string, routeId: string): boolean {
  return pattern.endsWith("*") ? routeId.startsWith(pattern.slice(0, -1)) : pattern === routeId;
}
