/** What the folders promise: imports point down, there is no way round in a circle, and the pure core is pure. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importsIn, withoutComments, withSlashes } from "../support/source-files.ts";

const source = fileURLToPath(new URL("../../src", import.meta.url));

/**
 * From the top. A file may import from its own folder and from what stands
 * lower; what stands on one line knows nothing of its neighbours.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["index.ts"],
  ["router.ts", "state.ts", "jobs.ts"],
  ["outside-of-jobs.ts", "on-schedule.ts", "setup-notice.ts", "check-money.ts"],
  ["build-deps.ts", "probe-route.ts", "run-job.ts", "app.ts"],
  ["settings-of.ts"],
  ["http"],
  ["chat"],
  ["worker-deps.ts", "env.ts"],
  ["deps.ts", "settings.ts", "variables.ts"],
  ["stream"],
  ["ledger"],
  ["providers", "breaker", "routing", "jobs", "notify", "cache", "quality"],
  ["watch"],
  ["budget"],
  ["identity"],
  ["domain"],
  ["anthropic-api"],
  ["openai"],
  ["lib"],
];

interface SourceFile {
  /** From `src/`, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Files below `src/`. */
  readonly inside: readonly string[];
  /** Of those, the ones that are imported for more than their types. */
  readonly atRunTime: readonly string[];
  /** Everything else: packages, the platform's modules, the map. */
  readonly outside: readonly string[];
}

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path): SourceFile => {
    const text = readFileSync(join(source, path), "utf8");
    const imports = importsIn(text);
    const inside = imports.filter(({ name }) => name.startsWith("."));
    const fromSource = ({ name }: { readonly name: string }): string =>
      withSlashes(relative(source, join(source, dirname(path), name)));
    return {
      path: withSlashes(path),
      text,
      inside: inside.map(fromSource),
      atRunTime: inside.filter(({ typesOnly }) => !typesOnly).map(fromSource),
      outside: imports.filter(({ name }) => !name.startsWith(".")).map(({ name }) => name),
    };
  });

function partOf(path: string): string {
  return path.split("/")[0] ?? "";
}

function layerOf(path: string): number {
  return LAYERS.findIndex((parts) => parts.includes(partOf(path)));
}

describe("the Worker's source", () => {
  it("was found, and every part of it stands in a layer", () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(({ inside }) => inside).length).toBeGreaterThan(300);
    expect(files.filter(({ path }) => layerOf(path) < 0).map(({ path }) => path)).toEqual([]);
  });

  it("imports what exists", () => {
    const paths = new Set(files.map(({ path }) => path));

    expect(files.flatMap(({ inside }) => inside).filter((path) => !paths.has(path))).toEqual([]);
  });

  it("imports downwards only", () => {
    const upwards = files.flatMap(({ path, inside }) =>
      inside
        .filter((other) => partOf(other) !== partOf(path) && layerOf(other) <= layerOf(path))
        .map((other) => `${path} imports ${other}`),
    );

    expect(upwards).toEqual([]);
  });

  it("has no circle at run time", () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, above: readonly string[]): void => {
      if (above.includes(path)) circles.push([...above.slice(above.indexOf(path)), path].join(" > "));
      if (above.includes(path) || done.has(path)) return;
      for (const next of files.find((file) => file.path === path)?.atRunTime ?? []) visit(next, [...above, path]);
      done.add(path);
    };
    for (const { path } of files) visit(path, []);

    expect(circles).toEqual([]);
  });

  it("takes zod in its small form, which is a third of the whole to upload", () => {
    const zod = files.flatMap(({ path, outside }) =>
      outside.filter((name) => /^zod\b/.test(name) && name !== "zod/mini").map((name) => `${path} imports ${name}`),
    );
    // Each of these brings in what the small form leaves out: `lib/forgiving.ts` and `lib/zod-words.ts` stand for them.
    const heavy = files.filter(({ text }) => /\bz\.(?:catch\(|locales\b)/.test(withoutComments(text)));

    expect(zod).toEqual([]);
    expect(heavy.map(({ path }) => path)).toEqual([]);
  });

  it("has no file of more than 250 lines of code", () => {
    const long = files.filter(({ text }) => linesOfCode(text) > 250).map(({ path }) => path);

    expect(long).toEqual([]);
  });
});

/** Without blank lines and comments, as the linter counts. */
function linesOfCode(text: string): number {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").split("\n");
  return code.filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length;
}

describe("the pure core", () => {
  /** What may know the platform, of the folders that else may not. */
  const SHELLS =
    /^(?:breaker\/(?:switchboard-object|switchboard-outside|checks-object|watch-object|records-object|switchboard-tables|key-book|audit-trail|limit-copy)|jobs\/(?:job|job-index)-object|notify\/notifier-object|ledger\/(?:ledger-object|ledger-tables|spend-tables|budget-alerts)|cache\/cache-(?:object|tables))\.ts$/;
  /** What speaks to somebody else's service through that service's own library. */
  const CLIENTS =
    /^(?:jobs\/(?:qstash-publisher|qstash-receiver|callback-sender)|budget\/(?:redis-flags|verify-push)|identity\/(?:client-token|outside-token|identify)|notify\/webhook|providers\/signed)\.ts$/;
  const FOLDERS =
    /^(?:domain|openai|lib|providers|routing|breaker|stream|chat|jobs|budget|identity|ledger|notify|cache)\/|^(?:deps|settings)\.ts$/;
  const pure = files.filter(({ path }) => FOLDERS.test(path) && !SHELLS.test(path) && !CLIENTS.test(path));

  it("imports nothing of Cloudflare's, nothing of Node's and no service's client", () => {
    const impure = pure.flatMap(({ path, outside }) =>
      outside
        .filter((name) => !/^(?:zod\/(?:mini|locales)|siphash)$/.test(name))
        .map((name) => `${path} imports ${name}`),
    );

    expect(pure.length).toBeGreaterThan(150);
    expect(impure).toEqual([]);
  });

  it.each([
    [
      "domain, the machines, routing and the providers know",
      /^(?:domain|routing)\/|^breaker\/(?:machine|circuit|exclusion|probe|outcome-log|incidents|service-watch)|^jobs\/job-machine|^budget\/pause-(?:machine|changes)|^notify\/(?:on-call|render)|^providers\/(?!send\.ts)/,
    ],
    ["the plan knows", /^chat\/(?:plan-|guard|may-retry|ruled-out|trail)/],
  ])("%s no clock, no chance, no fetch and none of the platform's types", (_what, core) => {
    const platform =
      /\bDate\.now\(|\bMath\.random\(|\bfetch\(|\bsetTimeout\(|\bDurableObject|\bExecutionContext\b|\bprocess\./;
    const told = files
      .filter(({ path, text }) => core.test(path) && platform.test(withoutComments(text)))
      .map(({ path }) => path);

    expect(files.some(({ path }) => core.test(path))).toBe(true);
    expect(told).toEqual([]);
  });
});

describe("what one place alone may do", () => {
  it.each([
    ["know Hono", (file: SourceFile) => file.outside.some((name) => /^hono\b/.test(name)), /^(?:app\.ts|http\/.+)$/],
    ["read the map's file", (file: SourceFile) => file.outside.includes("#routes"), /^build-deps\.ts$/],
    [
      "import the platform's modules",
      (file: SourceFile) => file.outside.some((name) => name.startsWith("cloudflare:")),
      /^(?:breaker\/switchboard|breaker\/records|jobs\/job|jobs\/job-index|notify\/notifier|ledger\/ledger|cache\/cache)-object\.ts$/,
    ],
    [
      "call fetch",
      (file: SourceFile) => /(?<![.\w])fetch\(/.test(withoutComments(file.text)),
      /^(?:providers\/send|state|build-deps|notify\/notifier-object)\.ts$/,
    ],
    [
      "ask the real clock",
      (file: SourceFile) => /\bDate\.now\(|\bperformance\.now\(|\bsetTimeout\(/.test(withoutComments(file.text)),
      /^(?:lib\/clock|build-deps|(?:breaker\/switchboard|breaker\/records|jobs\/job|jobs\/job-index|notify\/notifier|ledger\/ledger|cache\/cache)-object)\.ts$/,
    ],
    [
      "throw real dice",
      (file: SourceFile) => /\bMath\.random\b/.test(withoutComments(file.text)),
      /^(?:build-deps|(?:breaker\/switchboard|breaker\/records|jobs\/job|jobs\/job-index|notify\/notifier|ledger\/ledger|cache\/cache)-object)\.ts$/,
    ],
    [
      "write to the log",
      (file: SourceFile) => /\bconsole\.(?:log|warn|error)\(/.test(withoutComments(file.text)),
      /^(?:state|on-schedule|build-deps|breaker\/switchboard-outside|(?:breaker\/switchboard|breaker\/records|jobs\/job|jobs\/job-index|notify\/notifier|ledger\/ledger|cache\/cache)-object)\.ts$/,
    ],
  ])("%s", (_what, does, where) => {
    expect(files.filter((file) => does(file) && !where.test(file.path)).map(({ path }) => path)).toEqual([]);
    expect(files.filter(does)).not.toEqual([]);
  });
});
