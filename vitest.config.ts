import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

// Hundreds of processes load the same packages: the first to end keeps what it compiled for the others.
process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(new URL("node_modules/.cache/lisbon-compiled", import.meta.url));

/** What a test waits for comes, however busy the machine is; where the time is the point, the test names it. */
const PATIENT = { timeout: 20_000 };

export default defineConfig({
  test: {
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "node",
          // Its files hold nothing that another could find: to load the same modules 270 times costs a minute.
          isolate: false,
          include: ["test/unit/**/*.test.ts", "test/contract/**/*.test.ts"],
          setupFiles: ["test/support/hash-at-once.ts"],
          // Properties of many runs, on a machine that does something else beside them.
          testTimeout: 30_000,
          expect: { poll: PATIENT },
        },
      },
      {
        // Every Durable Object with an outside and a clock that its tests hold in their hands.
        plugins: [
          cloudflareTest({
            main: "./test/worker/entry.ts",
            wrangler: { configPath: "./wrangler.toml" },
          }),
        ],
        test: { name: "worker", include: ["test/worker/**/*.test.ts"], testTimeout: 30_000, expect: { poll: PATIENT } },
      },
      {
        // Real processes and real sockets. They mostly wait, so two files share the two cores as well.
        test: {
          name: "e2e",
          globalSetup: ["test/support/run-folder.ts"],
          setupFiles: ["test/support/watch-replies.ts"],
          include: ["test/isolates/**/*.test.ts", "test/e2e/**/*.test.ts"],
          // On a machine that does five other things a test of eight seconds took 59.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: PATIENT },
        },
      },
    ],
  },
});
