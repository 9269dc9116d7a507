/** What is in each thing that is shipped as one: the Workers that are uploaded, the client, the planner. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reachedFrom, repository, withoutComments } from "../support/source-files.ts";

/** What is uploaded for one: measured by `npm run check`, and evaluated at the start of each new isolate. */
describe("the three Workers that are deployed", () => {
  const router = reachedFrom("src/router.ts");
  const state = reachedFrom("src/state.ts");
  const jobs = reachedFrom("src/jobs.ts");

  it("share the spine in the router and the jobs, and what it stands on", () => {
    expect(router.paths.filter((path) => jobs.paths.includes(path))).toEqual(
      expect.arrayContaining(["src/build-deps.ts", "src/chat/run-chat.ts", "src/providers/all.ts"]),
    );
  });

  it("have no Durable Object's class in the router, nor a job's own run", () => {
    expect(router.paths).toEqual(expect.arrayContaining(["src/app.ts", "src/on-schedule.ts"]));
    expect(router.outside.filter((name) => name.startsWith("cloudflare:"))).toEqual([]);
    expect(
      router.paths.filter((path) => /^src\/(?:state|jobs|outside-of-jobs|run-job|probe-route)\.ts$/.test(path)),
    ).toEqual([]);
  });

  it("have no spine in the state, and no job", () => {
    expect(state.paths.filter((path) => /^src\/(?:chat|http|jobs\/job-object)/.test(path))).toEqual([]);
  });

  it("have nothing of the HTTP side in the jobs but the links that a job signs", () => {
    const httpSide = /^src\/(?:http\/|app\.ts|router\.ts|on-schedule\.ts)/;
    expect(jobs.outside.filter((name) => /^hono\b/.test(name))).toEqual([]);
    expect(jobs.paths.filter((path) => httpSide.test(path))).toEqual(["src/http/action-token.ts"]);
  });
});

describe("the JavaScript client", () => {
  it("brings nothing into a page but itself and pure parts of the Worker", () => {
    const { paths, outside } = reachedFrom("clients/js/src/index.ts");

    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !/^(?:clients\/js\/src|src\/(?:lib|openai|anthropic-api))\//.test(path))).toEqual([]);
    expect(outside).toEqual([]);
  });

  it("takes the Worker's own spine to the providers, and nothing of its platform", () => {
    const { paths, outside } = reachedFrom("clients/js/src/server.ts");

    expect(paths).toEqual(expect.arrayContaining(["src/chat/run-chat.ts", "src/breaker/machine.ts"]));
    expect([...new Set(outside)].toSorted()).toEqual([
      "@cfworker/json-schema",
      "aws4fetch",
      "jose",
      "siphash",
      "zod/mini",
    ]);
  });
});

describe("the planner", () => {
  it("runs in a browser too: its files need nothing of Node, no clock and no chance", () => {
    const core = reachedFrom("planner/workbook.ts");
    const inputs = ["inputs-from-map", "measured", "change-input", "plan"].map((file) =>
      reachedFrom(`planner/${file}.ts`),
    );
    const paths = [...new Set([core, ...inputs].flatMap((reached) => reached.paths))];
    const impure = paths.filter((path) =>
      /\bDate\.now\(|\bMath\.random\(|\bfetch\(|\bprocess\./.test(
        withoutComments(readFileSync(join(repository, path), "utf8")),
      ),
    );

    expect(paths).toEqual(expect.arrayContaining(["planner/stops-sheet.ts", "src/chat/may-retry.ts"]));
    expect([...new Set([core, ...inputs].flatMap(({ outside }) => outside))].toSorted()).toEqual([
      "hucre/xlsx",
      "zod/mini",
    ]);
    expect(impure).toEqual([]);
  });
});
