/** `wrangler.toml` as `wrangler deploy` reads it: flags that security and streams rest on, and migrations that only grow. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";

const root = new URL("../../", import.meta.url);
const path = fileURLToPath(new URL("wrangler.toml", root));
const environments = [undefined, "staging", "production"] as const;

/** Never edited, only added to: what has been deployed once is known to the platform by its tag. */
const MIGRATIONS = [
  { tag: "v1-switchboard", new_sqlite_classes: ["Switchboard"] },
  { tag: "v2-jobs", new_sqlite_classes: ["Job", "JobIndex", "Notifier"] },
];

/** Of wrangler's own type, which Node's tests cannot see, what is looked at here. */
interface Config {
  readonly compatibility_flags: readonly string[];
  readonly migrations: readonly { readonly tag: string; readonly new_sqlite_classes?: readonly string[] }[];
  readonly durable_objects: { readonly bindings: readonly { readonly name: string; readonly class_name: string }[] };
  readonly vars: Readonly<Record<string, unknown>>;
}

function configOf(environment: (typeof environments)[number]): Config {
  return readConfig({ config: path, ...(environment && { env: environment }) }, { hideWarnings: true });
}

describe.each(environments)("the environment %s", (environment) => {
  const config = configOf(environment);

  it("hears a caller's hang-up, and fetches through the public front only", () => {
    expect(config.compatibility_flags).toEqual(
      expect.arrayContaining(["enable_request_signal", "global_fetch_strictly_public"]),
    );
  });

  it("begins with the migrations that were ever deployed, in their order", () => {
    expect(config.migrations.slice(0, MIGRATIONS.length)).toEqual(MIGRATIONS);
    expect(new Set(config.migrations.map(({ tag }) => tag)).size).toBe(config.migrations.length);
  });

  it("has each class that it binds in a migration, with SQLite, and exports it", () => {
    const made = config.migrations.flatMap((migration) => migration.new_sqlite_classes ?? []);
    const bound = config.durable_objects.bindings.map((binding) => binding.class_name);
    const entries = ["src/state.ts", "src/jobs.ts"].map((entry) => readFileSync(new URL(entry, root), "utf8")).join("");
    const exported = [...entries.matchAll(/^export class (\w+) extends/gm)].map(([, name = ""]) => name);

    expect(bound.toSorted()).toEqual(made.toSorted());
    expect(exported.toSorted()).toEqual(made.toSorted());
  });

  it("binds what the others bind", () => {
    expect(config.durable_objects.bindings).toEqual(configOf(undefined).durable_objects.bindings);
  });

  it("holds no secret", () => {
    expect(Object.values(config.vars).filter((value) => /sk-|key|secret|token/i.test(String(value)))).toEqual([]);
  });
});

describe("staging and production", () => {
  it("have the same variables, and say which they are", () => {
    const [staging, production] = [configOf("staging").vars, configOf("production").vars];

    expect(Object.keys(staging)).toEqual(Object.keys(production));
    expect([staging["LISBON_ENVIRONMENT"], production["LISBON_ENVIRONMENT"]]).toEqual(["staging", "production"]);
  });
});

describe("a Worker that is deployed without an environment", () => {
  it("does not take itself for a development one, which shows its key", () => {
    expect(configOf(undefined).vars["LISBON_ENVIRONMENT"]).not.toBe("development");
  });
});
