import { defineConfig } from "vitest/config";

/** `npm run test:browser`: the pages and the calls of pages, in a real Chromium. */
export default defineConfig({
  test: {
    name: "browser",
    include: ["test/browser/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
