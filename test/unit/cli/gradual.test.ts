/** What wrangler is told by a gradual deploy, its promotion and a rollback; by a `wrangler` that only writes it down. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deployedWorkers, writeConfig } from "../../../cli/deployed-workers.ts";
import type { ReadyWorker } from "../../../cli/deployed-workers.ts";
import { deployGradually, percentOf, promote, routerOf, versionHeader } from "../../../cli/gradual.ts";
import { rollBack } from "../../../cli/roll-back.ts";
import { FAKE_WRANGLER } from "../../support/fake-wrangler.ts";

const OLD = "00000000-0000-4000-8000-000000000001";
const NEW = "00000000-0000-4000-8000-000000000002";

let folder: string;
let workers: readonly ReadyWorker[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lisbon-gradual-"));
  writeFileSync(join(folder, "wrangler"), FAKE_WRANGLER, { mode: 0o755 });
  writeFileSync(join(folder, "record"), "");
  const said = { name: "lisbon-x", durable_objects: { bindings: [] } };
  workers = deployedWorkers(said).map((worker) => ({ ...worker, configPath: writeConfig(folder, worker) }));
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"]}`);
  vi.stubEnv("FAKE_RECORD", join(folder, "record"));
  vi.stubEnv("FAKE_VERSION", NEW);
  vi.stubEnv("FAKE_SERVING", serving([OLD, 100]));
  vi.stubEnv("FAKE_VERSIONS", JSON.stringify([version(OLD, "2026-11-20"), version(NEW, "2026-11-21")]));
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function serving(...shares: readonly (readonly [string, number])[]): string {
  return JSON.stringify({ versions: shares.map(([version_id, percentage]) => ({ version_id, percentage })) });
}

function version(id: string, created_on: string) {
  return { id, metadata: { created_on } };
}

/** What wrangler was told, without the configuration that every line names. */
function told(): readonly string[] {
  const lines = readFileSync(join(folder, "record"), "utf8").trim().split("\n");
  return lines.map((line) => line.replace(/--config (\w+)\/wrangler\.json --env \[\]/, "[$1]"));
}

describe("a gradual deploy", () => {
  it("uploads all three, then deploys the state and the jobs whole and the router in part", async () => {
    expect(await deployGradually(workers, 10, ["--secrets-file", "s"])).toEqual({ ok: true, value: NEW });
    expect(told()).toEqual([
      "deployments status [router] --json",
      "versions upload [state] --secrets-file s",
      "versions upload [jobs] --secrets-file s",
      "versions upload [router] --secrets-file s",
      `versions deploy ${NEW}@100% [state] --yes`,
      `versions deploy ${NEW}@100% [jobs] --yes`,
      `versions deploy ${NEW}@10% ${OLD}@90% [router] --yes`,
    ]);
  });

  it("is refused where a class of Durable Objects is new, and nothing is deployed", async () => {
    vi.stubEnv("FAKE_MIGRATES", "jobs");
    const failure = expect.stringContaining("lisbon-x-jobs has a new class of Durable Objects");

    expect(await deployGradually(workers, 10, [])).toEqual({ ok: false, failure });
    expect(told().filter((line) => line.startsWith("versions deploy"))).toEqual([]);
  });

  it.each([
    ["nothing serves yet", "", "The first deploy cannot be gradual"],
    ["another one is under way", serving([OLD, 90], [NEW, 10]), "is under way.\nEnd it first"],
  ])("is refused where %s", async (_case, status, why) => {
    vi.stubEnv("FAKE_SERVING", status);

    expect(await deployGradually(workers, 10, [])).toEqual({ ok: false, failure: expect.stringContaining(why) });
    expect(told()).toEqual(["deployments status [router] --json"]);
  });

  it("says what is new where the router cannot follow", async () => {
    vi.stubEnv("FAKE_BROKEN", "jobs");
    expect(await deployGradually(workers, 10, [])).toEqual({
      ok: false,
      failure: expect.stringContaining("could not upload a version of lisbon-x-jobs"),
    });
  });

  it("asks for its version by name", () => {
    expect(versionHeader("lisbon-x", NEW)).toEqual({ "cloudflare-workers-version-overrides": `lisbon-x="${NEW}"` });
  });

  it.each([
    ["10", 10],
    ["99", 99],
    ["100", null],
    ["0", null],
    ["1.5", null],
    ["ten", null],
  ])("takes %j per cent as %j", (text, percent) => {
    expect(percentOf(text, 99)).toBe(percent);
  });
});

describe("a promotion", () => {
  it.each([
    [50, `versions deploy ${NEW}@50% ${OLD}@50% [router] --yes`],
    [100, `versions deploy ${NEW}@100% [router] --yes`],
  ])("gives the newer of the two versions %i per cent", async (percent, line) => {
    vi.stubEnv("FAKE_SERVING", serving([OLD, 90], [NEW, 10]));

    expect(await promote(routerOf(workers), percent)).toEqual({ ok: true, value: NEW });
    expect(told().at(-1)).toBe(line);
  });

  it("is refused where one version has everything", async () => {
    expect(await promote(routerOf(workers), 50)).toMatchObject({ ok: false });
    expect(told()).toHaveLength(1);
  });
});

describe("a rollback", () => {
  it("begins with the router and ends with the state", async () => {
    expect(await rollBack(workers, "why")).toMatchObject({ ok: true });
    expect(told()).toEqual(["router", "jobs", "state"].map((part) => `rollback [${part}] --message why --yes`));
  });

  it("says how far it came", async () => {
    vi.stubEnv("FAKE_BROKEN", "jobs");
    const failure = expect.stringMatching(/could not roll lisbon-x-jobs back;.* Rolled back before it: lisbon-x\.\n/);

    expect(await rollBack(workers, "why")).toEqual({ ok: false, failure });
    expect(told()).toHaveLength(2);
  });
});
