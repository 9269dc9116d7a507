/** `clients/python` as it is installed, alone: its types, its own tests. Against the router: `python-client-product.test.ts`. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../cli/bundle-worker.ts";
import { clientFolder, installedClient } from "../support/python-client.ts";
import { pythonWithClients } from "../support/python.ts";

const python = await pythonWithClients();

describe.skipIf(python === null)("the Python client", () => {
  let clientPath = "";

  beforeAll(async () => {
    clientPath = await installedClient(python ?? "");
  });

  /** What it printed; rejects with that where it fails. */
  async function run(...args: readonly string[]): Promise<string> {
    const env = { PATH: process.env["PATH"] ?? "", PYTHONPATH: clientPath, PYTHONDONTWRITEBYTECODE: "1" };
    const { stdout, stderr } = await promisify(execFile)(python ?? "", [...args], { cwd: clientFolder, env });
    return stdout + stderr;
  }

  it("has whole types, in mypy's strict sense", async () => {
    expect(await run("-m", "mypy", "--cache-dir", resolve(repository, "node_modules/.cache/lisbon-mypy"))).toContain(
      "no issues found",
    );
  }, 180_000);

  it("passes its own tests, the shared cases among them", async () => {
    expect(await run("-m", "unittest", "discover", "-t", ".", "-s", "tests")).toMatch(/^OK$/m);
  });

  it("needs no package but openai", async () => {
    const needs = "from importlib.metadata import requires; print(requires('lisbon-client'))";

    expect(await run("-c", needs)).toMatch(/^\['openai[^,']*,[^,']*'\]\s*$/);
  });
});
