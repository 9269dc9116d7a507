/** What of `wrangler.toml` goes to which of the three Workers. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { environmentNames, readEnvironment } from "../../../cli/deploy-environment.ts";
import { deployedWorkers } from "../../../cli/deployed-workers.ts";

describe.each(await environmentNames())("the environment %s as three Workers", async (environment) => {
  const read = await readEnvironment(environment);
  if (!read.ok) throw new Error(read.failure);
  const [state, jobs, router] = read.value.workers;

  it("is the state first, then the jobs, then the router, with the names that wrangler knows", () => {
    expect(read.value.workers.map(({ part, name, entry, config }) => [part, name, entry, config["name"]])).toEqual([
      ["state", `lisbon-${environment}-state`, "src/state.ts", `lisbon-${environment}-state`],
      ["jobs", `lisbon-${environment}-jobs`, "src/jobs.ts", `lisbon-${environment}-jobs`],
      ["router", `lisbon-${environment}`, "src/router.ts", `lisbon-${environment}`],
    ]);
  });

  it("makes each class in one of the two that have objects, with its migration, no cron and no address", () => {
    expect(madeIn(jobs?.config)).toEqual(["Job"]);
    expect(madeIn(state?.config)).toContain("Switchboard");
    expect(madeIn(state?.config)).not.toContain("Job");
    for (const { config } of [state, jobs].flatMap((worker) => worker ?? [])) {
      expect(config).toMatchObject({ workers_dev: false, preview_urls: false });
      expect(fieldsOf(config)).not.toContain("triggers");
      expect(fieldsOf(config)).not.toContain("assets");
    }
  });

  it("binds all of them everywhere, each by the Worker that has it, but a Worker's own", () => {
    const ofRouter = boundIn(router?.config);

    expect(new Set(ofRouter.map(String))).toEqual(
      new Set([state, jobs].flatMap((worker) => madeIn(worker?.config).map((name) => `${name},${worker?.name}`))),
    );
    for (const worker of [state, jobs]) {
      expect(boundIn(worker?.config)).toEqual(
        ofRouter.map((bound) =>
          String(bound).endsWith(`,${worker?.name}`) ? [String(bound).split(",")[0], undefined] : bound,
        ),
      );
    }
  });

  it("has the cron and the dashboard in the router, which migrates nothing", () => {
    expect(router?.config).toMatchObject({
      triggers: { crons: ["0 6 * * *"] },
      assets: { binding: "ASSETS", run_worker_first: true },
    });
    expect(fieldsOf(router?.config)).not.toContain("migrations");
    expect(fieldsOf(router?.config)).not.toContain("workers_dev");
  });

  it.each(["vars", "compatibility_date", "compatibility_flags", "send_metrics", "keep_names"])(
    "says %s to all alike",
    (field) => {
      expect(router?.config[field]).toBeDefined();
      expect(state?.config[field]).toEqual(router?.config[field]);
      expect(jobs?.config[field]).toEqual(router?.config[field]);
    },
  );

  it("says nothing that the file does not say", () => {
    expect(fieldsOf(router?.config)).not.toContain("kv_namespaces");
    expect(fieldsOf(router?.config)).not.toContain("unsafe");
  });
});

describe("a file that says more", () => {
  const [state, jobs, router] = deployedWorkers({
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

  it("leaves a binding to another Worker's class as it is", () => {
    expect(boundIn(router.config)).toEqual([
      ["Job", "mine-jobs"],
      ["Other", "elsewhere"],
    ]);
    expect(boundIn(jobs.config)).toEqual([
      ["Job", undefined],
      ["Other", "elsewhere"],
    ]);
  });

  it("says the rest to all", () => {
    expect(state.config["observability"]).toEqual(router.config["observability"]);
  });
});

type Config = ReturnType<typeof deployedWorkers>[0]["config"];

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
