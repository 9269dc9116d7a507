/** The questions of `lisbon init`, at a terminal. */
import type { Readable, Writable } from "node:stream";
import { confirm, intro, isCancel, multiselect, password, select, text } from "@clack/prompts";
import { whereOf } from "../doctor/variable-forms.ts";
import { OFFERED, SERVERS } from "./known-providers.ts";
import type { OfferedProvider } from "./known-providers.ts";
import type { InitAnswers } from "./make-map.ts";
import { notifyProblem, readDollars } from "./read-flags.ts";

export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** Null: somebody pressed Ctrl-C. `known`: variables that are set already, which are not asked for. */
export async function askAnswers(
  known: Readonly<Record<string, string>>,
  terminal: Terminal,
): Promise<InitAnswers | null> {
  intro("lisbon init: what do you have? (Ctrl-C: nothing is written)", terminal);
  const chosen = await multiselect({
    message: "Which providers? Space chooses; the first of the list that you choose is asked first.",
    options: OFFERED.map(({ id, label }) => ({ value: id, label })),
    required: false,
    ...terminal,
  });
  if (isCancel(chosen)) return null;
  const providers = OFFERED.filter(({ id }) => chosen.includes(id));
  const variables = await askVariables(providers, known, terminal);
  if (variables === null) return null;

  const server = await select({
    message: "A model on a machine of your own? It answers when no provider does.",
    options: [
      ...(providers.length === 0 ? [] : [{ value: "", label: "no" }]),
      ...SERVERS.map(({ id, label }) => ({ value: id as string, label })),
    ],
    ...terminal,
  });
  if (isCancel(server)) return null;
  const notify = await text({
    message: "Who is told when nobody can answer? An e-mail address, a Slack webhook's URL, or nothing.",
    placeholder: "ops@example.com",
    validate: (given) => notifyProblem(given ?? "") ?? undefined,
    ...terminal,
  });
  if (isCancel(notify)) return null;
  const budget = await text({
    message: "At most how many US dollars a month, for everything? Or nothing: no bound.",
    validate: (given) => (readDollars(given ?? "") === undefined ? "A number such as 50" : undefined),
    ...terminal,
  });
  if (isCancel(budget)) return null;
  return {
    providers,
    server: SERVERS.find(({ id }) => id === server) ?? null,
    notify: (notify ?? "").trim() || null,
    monthlyUsd: readDollars(budget ?? "") ?? null,
    variables,
  };
}

async function askVariables(
  providers: readonly OfferedProvider[],
  known: Readonly<Record<string, string>>,
  terminal: Terminal,
): Promise<Readonly<Record<string, string>> | null> {
  const variables: Record<string, string> = {};
  for (const name of providers.flatMap((provider) => provider.variables)) {
    if (known[name]) continue;
    const isSecret = /KEY|TOKEN/.test(name);
    const message = `${name} (${whereOf(name)}), or nothing: later`;
    const given = isSecret ? await password({ message, ...terminal }) : await text({ message, ...terminal });
    if (isCancel(given)) return null;
    if ((given ?? "").trim() !== "") variables[name] = given.trim();
  }
  return variables;
}

/** Null: Ctrl-C. */
export async function mayReplace(file: string, terminal: Terminal): Promise<boolean | null> {
  const message = `${file} is there already. Write another one? (The old one is kept beside it.)`;
  const answer = await confirm({ message, initialValue: false, ...terminal });
  return isCancel(answer) ? null : answer;
}
