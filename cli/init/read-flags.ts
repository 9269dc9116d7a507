/** The answers of `lisbon init --yes`, from its flags and the shell. */
import { fail, ok } from "../../src/lib/result.ts";
import type { Result } from "../../src/lib/result.ts";
import { canonicalProvider, sameVariables } from "../../src/routing/provider-table.ts";
import { OFFERED, SERVERS } from "./known-providers.ts";
import type { InitAnswers } from "./make-map.ts";

export interface InitFlags {
  readonly providers?: string;
  readonly local?: string;
  readonly notify?: string;
  readonly budget?: string;
}

export function readFlags(flags: InitFlags, shell: Readonly<Record<string, string>>): Result<InitAnswers, string> {
  const names = (flags.providers ?? "")
    .split(",")
    .flatMap((name) => (name.trim() === "" ? [] : [canonicalProvider(name)]));
  const offered = [...new Set(names)].map((name) => ({ name, provider: OFFERED.find(({ id }) => id === name) }));
  const unknown = offered.flatMap(({ name, provider }) => (provider === undefined ? [name] : []));
  if (unknown.length > 0) {
    const known = OFFERED.map(({ id }) => id).join(", ");
    return fail(`--providers: init knows ${known}; not ${unknown.join(", ")}. Any other: add it to the map by hand.`);
  }
  const providers = offered.flatMap(({ provider }) => (provider === undefined ? [] : [provider]));
  const local = flags.local?.trim().toLowerCase().replaceAll(/[-_ ]/g, "");
  const server = SERVERS.find(({ id }) => id === local) ?? null;
  if (local !== undefined && server === null) return fail(`--local: lmstudio or ollama, not ${flags.local}`);
  if (providers.length === 0 && server === null) return fail("--providers (or --local) says who is to answer");
  const problem = notifyProblem(flags.notify ?? "");
  if (problem !== null) return fail(`--notify: ${problem}`);
  const monthlyUsd = readDollars(flags.budget ?? "");
  if (monthlyUsd === undefined) return fail(`--budget ${flags.budget}: US dollars a month, such as 50`);
  const variables = providers
    .flatMap((provider) => provider.variables)
    .flatMap((name) => {
      const set = sameVariables(name)
        .map((one) => shell[one])
        .find((value) => value !== undefined && value !== "");
      return set === undefined ? [] : [[name, set] as const];
    });
  return ok({
    providers,
    server,
    notify: flags.notify?.trim() || null,
    monthlyUsd,
    variables: Object.fromEntries(variables),
  });
}

/** Null: it is right, or empty. */
export function notifyProblem(given: string): string | null {
  const whom = given.trim();
  if (whom === "" || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(whom)) return null;
  return whom.startsWith("https://") && URL.canParse(whom) ? null : "an e-mail address or an https URL";
}

/** Null: none was given; undefined: no number. */
export function readDollars(given: string): number | null | undefined {
  const words = given.trim().replace(/^\$/, "");
  if (words === "") return null;
  const dollars = Number(words);
  return Number.isFinite(dollars) && dollars > 0 ? dollars : undefined;
}
