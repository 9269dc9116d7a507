/** A named environment of `wrangler.toml` and the plain variables that it sets. */
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import type { Variables } from "./variables-from.ts";

const CONFIG = "wrangler.toml";

export interface DeployEnvironment {
  readonly name: string;
  readonly vars: Variables;
}

export async function readEnvironment(name: string | undefined): Promise<Result<DeployEnvironment, string>> {
  // Loading wrangler takes a second, which only a deploy should pay.
  const { unstable_readConfig: readConfig } = await import("wrangler");
  const names = readConfig({ config: CONFIG }, { hideWarnings: true }).definedEnvironments ?? [];
  if (name === undefined) return fail(`Deploy where? npm run deploy -- ${names.join(" | ")}`);
  if (!names.includes(name))
    return fail(`There is no environment "${name}" in ${CONFIG}; there are ${names.join(", ")}.`);

  const { vars } = readConfig({ config: CONFIG, env: name }, { hideWarnings: true });
  const texts = Object.entries(vars).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : []));
  return ok({ name, vars: Object.fromEntries(texts) });
}
