import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { startWorker } from "../../dev/worker-process.ts";
import { stillAlive, treeOf } from "../support/process-tree.ts";
import { freePort } from "../support/start-process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "lisbon-worker-"));

afterAll(() => rmSync(folder, { recursive: true }));

it("a Worker that cannot be built ends with what wrangler says, and no process is left", async () => {
  const [map, tsconfig, envFile] = [
    join(folder, "broken.json"),
    join(folder, "tsconfig.json"),
    join(folder, "vars.env"),
  ];
  writeFileSync(map, '{ "hot": [');
  const compilerOptions = { paths: { "#routes": [map] } };
  writeFileSync(tsconfig, JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions }));
  writeFileSync(envFile, "");
  const port = await freePort();
  const before = treeOf(process.pid);
  const starting = startWorker({ root, port, tsconfig, envFile, stateFolder: folder, showLine: () => undefined });
  const wrangler = treeOf(process.pid).filter((pid) => !before.includes(pid));
  const started = await starting;

  expect(started).toMatchObject({ ok: false, failure: expect.stringContaining("Build failed") });
  expect(started).toMatchObject({ failure: expect.stringContaining("broken.json") });
  expect(wrangler.length).toBeGreaterThan(0);
  expect(await stillAlive(wrangler, 10_000)).toEqual([]);
});
