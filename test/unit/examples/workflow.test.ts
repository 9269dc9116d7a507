/** The shell of `examples/workflows/lisbon-diff.yml`, with a `git` and a `gh` of its own. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

const Workflow = z.object({
  permissions: z.record(z.string(), z.string()),
  on: z.object({ pull_request: z.object({ paths: z.array(z.string()) }) }),
  jobs: z.object({ diff: z.object({ steps: z.array(z.looseObject({ run: z.optional(z.string()) })) }) }),
});
const workflow = Workflow.parse(parse(readFileSync("examples/workflows/lisbon-diff.yml", "utf8")));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lisbon-workflow-"));
  const before = JSON.stringify({ hot: [{ id: "a", provider: "openai", model: "gpt-4o-mini" }] });
  program("git", `echo '${before}'`);
  program("gh", `printf '%s\\n' "$@" > ${folder}/gh; cp "\${@: -1}" ${folder}/body`);
  program("npx", `shift; exec "${process.execPath}" -- cli/lisbon.mjs "$@"`);
});

afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 });
}

function run(mayComment: boolean): void {
  const script = workflow.jobs.diff.steps.at(-1)?.run ?? "exit 9";
  execFileSync("bash", ["-c", script], {
    stdio: "pipe",
    env: {
      PATH: `${folder}${delimiter}${process.env["PATH"]}`,
      BASE: "abc",
      NUMBER: "7",
      MAY_COMMENT: String(mayComment),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
    },
  });
}

it("comments on the pull request what the change means", () => {
  run(true);

  expect(readFileSync(join(folder, "gh"), "utf8")).toMatch(
    /^pr\ncomment\n7\n--edit-last\n--create-if-none\n--body-file\n/,
  );
  const body = readFileSync(join(folder, "body"), "utf8");
  expect(body).toContain("first asked is");
  expect(readFileSync(join(folder, "summary"), "utf8")).toBe(body);
});

it("may write comments and nothing else, and runs for the map alone", () => {
  expect(workflow.permissions).toEqual({ contents: "read", "pull-requests": "write" });
  expect(workflow.on.pull_request.paths).toEqual(["routes.prod.json"]);
});
