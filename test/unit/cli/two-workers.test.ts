/** What of `wrangler.toml` goes to which of the two Workers. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { environmentNames, readEnvironment } from "../../../cli/deploy-environment.ts";
import { twoWorkers } from "../../../cli/two-workers.ts";

describe.each(await environmentNames())("the environment %s as two Workers", async (environment) => {
  const read = await readEnvironment(environment);
  if (!read.ok) throw new Error(read.failure);
  const [state, router] = read.value.workers;

  it("is the state first and then the router, with the names that wrangler knows", () => {
    expect(read.value.workers.map(({ part, name, entry, config }) => [part, name, entry, config["name"]])).toEqual([
      ["state", `lisbon-${environment}-state`, "src/state.ts", `lisbon-${environment}-state`],
      ["router", `lisbon-${environment}`, "src/router.ts", `lisbon-${environment}`],
    ]);
  });

  it("has objects that bind each other in the state, with their migrations, no cron and no address", () => {
    expect(boundIn(state?.config)).toEqual(madeIn(state?.config).map((name) => [name, undefined]));
    expect(madeIn(state?.config)).toContain("Switchboard");
    expect(state?.config).toMatchObject({ workers_dev: false, preview_urls: false });
    expect(fieldsOf(state?.config)).not.toContain("triggers");
  });

  it("has the cron in the router, which names the state at each binding and migrates nothing", () => {
    const stateName = `lisbon-${environment}-state`;

    expect(boundIn(router?.config)).toEqual(madeIn(state?.config).map((name) => [name, stateName]));
    expect(router?.config).toMatchObject({ triggers: { crons: ["0 6 * * *"] } });
    expect(fieldsOf(router?.config)).not.toContain("migrations");
    expect(fieldsOf(router?.config)).not.toContain("workers_dev");
  });

  it.each(["vars", "compatibility_date", "compatibility_flags", "send_metrics", "keep_names"])(
    "says %s to both alike",
    (field) => {
      expect(router?.config[field]).toBeDefined();
      expect(state?.config[field]).toEqual(router?.config[field]);
    },
  );

  it("says nothing that the file does not say", () => {
    expect(fieldsOf(router?.config)).not.toContain("kv_namespaces");
    expect(fieldsOf(router?.config)).not.toContain("unsafe");
  });
});

describe("a file that says more", () => {
  const [state, router] = twoWorkers({
    name: "mine",
    routes: [{ pattern: "llm.example.com", custom_domain: true }],
    workers_dev: true,
    observability: { enabled: true },
    durable_objects: {
      bindings: [
        { name: "JOBS", class_name: "Job" },
        { name: "OTHERS", class_name: "Other", script_name: "elsewhere" },
      ],
    },
  });

  it("gives every address to the router", () => {
    expect(router.config).toMatchObject({ workers_dev: true, routes: [{ pattern: "llm.example.com" }] });
    expect(fieldsOf(state.config)).not.toContain("routes");
    expect(state.config["workers_dev"]).toBe(false);
  });

  it("leaves a binding to a third Worker's class as it is", () => {
    expect(boundIn(router.config)).toEqual([
      ["Job", "mine-state"],
      ["Other", "elsewhere"],
    ]);
    expect(boundIn(state.config)).toEqual([
      ["Job", undefined],
      ["Other", "elsewhere"],
    ]);
  });

  it("says the rest to both", () => {
    expect(state.config["observability"]).toEqual(router.config["observability"]);
  });
});

type Config = ReturnType<typeof twoWorkers>[0]["config"];

const Bound = z.object({
  durable_objects: z.object({
    bindings: z.array(z.object({ class_name: z.string(), script_name: z.string().optional() })),
  }),
});

const Migrated = z.object({ migrations: z.array(z.object({ new_sqlite_classes: z.array(z.string()) })) });

/** As it is written: what is undefined is not. */
function fieldsOf(config: Config | undefined): readonly string[] {
  const written: object = JSON.parse(JSON.stringify(config));
  return Object.keys(written);
}

function boundIn(config: Config | undefined): readonly unknown[] {
  return Bound.parse(config).durable_objects.bindings.map(({ class_name, script_name }) => [class_name, script_name]);
}

function madeIn(config: Config | undefined): readonly string[] {
  return Migrated.parse(config).migrations.flatMap((migration) => migration.new_sqlite_classes);
}
