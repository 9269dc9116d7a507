/** Where each command of the pages is proven. What is missing here is named by `test/unit/docs/commands.test.ts`. */
import { readFileSync } from "node:fs";
import type { DocumentedCommand } from "./commands.ts";

/** Pages whose commands `test/e2e/documented-commands.test.ts` runs, less those of the two lists below. */
export const RUN_PAGES: readonly string[] = [
  "README.md",
  "docs/budget.md",
  "docs/cache.md",
  "docs/callers.md",
  "docs/drills.md",
  "docs/limits.md",
  "docs/lint.md",
  "docs/metrics.md",
  "docs/notices.md",
  "docs/plan.md",
  "docs/quick-start.md",
  "docs/runbook.md",
  "docs/watchdog.md",
];

export interface Elsewhere {
  readonly page: string;
  /** The command's first words. */
  readonly begins: string;
  readonly test: string;
  /** What stands in that test, and would not if it ran something else. */
  readonly holds: string;
}

const CLI = "test/e2e/cli-operate.test.ts";
const CLI_PAGE = { page: "docs/cli.md", test: CLI, holds: 'readFileSync("docs/cli.md"' };
const DEPLOY = "test/e2e/cli-deploy.test.ts";

/** The quick start shows what other pages say more of. */
const QUICK_START = [
  { begins: "npm start", test: "test/e2e/start.test.ts", holds: '["npm", "start", "--"]' },
  { begins: "npx lisbon init", test: "test/unit/cli/init.test.ts", holds: "asks for what it needs" },
  { begins: "npx lisbon check", test: CLI, holds: 'begins("check")' },
  { begins: "npx lisbon doctor --ask-providers", test: "test/unit/cli/doctor.test.ts", holds: "await askProviders(" },
  { begins: "npx lisbon plan", test: "test/e2e/plan.test.ts", holds: 'describe("lisbon plan"' },
  { begins: "npx lisbon test", test: "test/e2e/lisbon-test.test.ts", holds: '["npx", "lisbon", "test"]' },
  { begins: "npx lisbon deploy", test: DEPLOY, holds: '"npx lisbon deploy staging --env-file"' },
].map((each) => Object.assign(each, { page: "docs/quick-start.md" }));

export const ELSEWHERE: readonly Elsewhere[] = [
  ...QUICK_START,
  { page: "README.md", begins: "npm start", test: "test/e2e/start.test.ts", holds: '["npm", "start", "--"]' },
  {
    page: "README.md",
    begins: "npm run lisbon",
    test: "test/e2e/lisbon-test.test.ts",
    holds: '["npx", "lisbon", "test"]',
  },
  { page: "README.md", begins: "npm run deploy", test: DEPLOY, holds: '"package.json"' },
  ...["status", "routes", "flags", "pause", "resume", "jobs", "tenants"].map((name) => ({
    ...CLI_PAGE,
    begins: `npx lisbon ${name}`,
  })),
  { ...CLI_PAGE, begins: "npx lisbon init --yes", holds: 'begins("init --yes")' },
  { ...CLI_PAGE, begins: "npx lisbon check", holds: 'begins("check")' },
  { ...CLI_PAGE, begins: "npx lisbon doctor --notify", holds: 'begins("doctor --notify")' },
  {
    page: "docs/cli.md",
    begins: "npx lisbon doctor --ask-providers",
    test: "test/unit/cli/doctor.test.ts",
    holds: "await askProviders(",
  },
  { ...CLI_PAGE, begins: "npx lisbon doctor", holds: 'begins("doctor --notify")' },
  {
    page: "docs/cli.md",
    begins: "npx lisbon init",
    test: "test/unit/cli/init.test.ts",
    holds: "asks for what it needs",
  },
  { page: "docs/deploy.md", begins: "npx lisbon", test: DEPLOY, holds: '"docs/deploy.md"' },
  {
    page: "docs/drills.md",
    begins: "npx lisbon drill outage",
    test: "test/e2e/drill.test.ts",
    holds: '"outage", "--seconds", "9", "--report"',
  },
  { page: "docs/lint.md", begins: "npx lisbon check", test: "test/e2e/lint.test.ts", holds: '"--map-only", "--json"' },
  {
    page: "docs/runbook.md",
    begins: "ask -X POST $URL/admin/jobs/$JOB/",
    test: "test/unit/runbook.test.ts",
    holds: "does to a job what it says",
  },
  {
    page: "docs/watchdog.md",
    begins: "npx lisbon watch --install",
    test: "test/unit/cli/operate/watch.test.ts",
    holds: "install: true",
  },
  {
    page: "docs/watchdog.md",
    begins: "npx lisbon watch --every",
    test: "test/unit/cli/operate/watch.test.ts",
    holds: "every: ",
  },
  {
    page: "examples/browser/README.md",
    begins: "LISBON_URL=",
    test: "test/browser/example-page.test.ts",
    holds: "examples/browser/server.mjs",
  },
  ...["LISBON_URL=", "curl -N -d"].map((begins) => ({
    page: "examples/node/README.md",
    begins,
    test: "test/unit/examples/node-server.test.ts",
    holds: "examples/node/server.mjs",
  })),
  {
    page: "examples/python/README.md",
    begins: "LISBON_URL=",
    test: "test/e2e/python-example.test.ts",
    holds: "examples/python/ask.py",
  },
  {
    page: "clients/python/README.md",
    begins: "pip install ./clients/python",
    test: "test/support/python-client.ts",
    holds: '"pip", "install"',
  },
];

/** What docs/deploy.md lists by name: a command that begins so is not run for real. */
export const NOT_RUN: readonly string[] = notRun();

export type Place = "run" | "not run" | Elsewhere | null;

/** Null: nobody has said how this one is proven. */
export function placeOf(found: DocumentedCommand): Place {
  const elsewhere = ELSEWHERE.find(({ page, begins }) => page === found.page && found.command.startsWith(begins));
  if (isAccount(found)) return "run";
  if (NOT_RUN.some((begins) => begun(found.command, begins))) return "not run";
  if (elsewhere !== undefined) return elsewhere;
  return RUN_PAGES.includes(found.page) ? "run" : null;
}

/** Run with a program of that name which only writes down what it is told, and listed all the same. */
function isAccount({ page, command }: DocumentedCommand): boolean {
  return RUN_PAGES.includes(page) && /^(npx wrangler|gcloud) /.test(command);
}

/** `npm test` begins `npm test -- x`, and not `npm tests`. */
export function begun(command: string, begins: string): boolean {
  return command === begins || command.startsWith(`${begins} `);
}

function notRun(): readonly string[] {
  const page = readFileSync("docs/deploy.md", "utf8");
  const table = page.slice(page.indexOf("### Commands that no test runs"));
  return [...table.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, command = ""]) => command),
  );
}
