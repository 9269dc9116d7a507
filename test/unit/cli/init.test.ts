/** `lisbon init` in a folder of its own: by flags, and by somebody who types. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { init, OWN_SECRETS } from "../../../cli/init.ts";
import type { InitOptions } from "../../../cli/init.ts";
import { OFFERED, SERVERS } from "../../../cli/init/known-providers.ts";
import type { Terminal } from "../../../cli/init/ask-answers.ts";
import { hasErrors } from "../../../cli/lint/finding.ts";
import type { Finding } from "../../../cli/lint/finding.ts";
import { lintMap } from "../../../cli/lint/lint-map.ts";
import { readMapFile } from "../../../cli/read-map.ts";
import type { MapFile } from "../../../cli/read-map.ts";
import { plain } from "../../../cli/screen/paint.ts";
import { variablesFrom } from "../../../cli/variables-from.ts";
import type { RoutingMap } from "../../../src/routing/routing-map.ts";

let folder: string;
const inFolder = (name: string): string => join(folder, name);
const textOf = (name: string): string => readFileSync(inFolder(name), "utf8");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lisbon-init-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("lisbon init --yes", () => {
  it("writes a map that check passes, and variables that nobody else may read", async () => {
    vi.stubEnv("ANTHROPIC_API_KEY", "sk-ant-from-the-shell");
    const flags = { providers: "claude,openai,nvidia", local: "LM Studio", budget: "$50" } as const;
    const ending = await init({ yes: true, ...flags, notify: "https://hooks.slack.com/services/T/B/x" }, folder);
    const map = mapThere();

    expect(map.hot.map(({ provider, model }) => `${provider} ${model}`)).toEqual([
      "anthropic claude-sonnet-4-6",
      "anthropic claude-haiku-4-5",
    ]);
    expect(map.warm?.map(({ provider }) => provider)).toEqual(["lmstudio", "nvidia", "openai"]);
    expect(map).toMatchObject({ budget: { monthlyUsd: 50 }, cold: { notify: ["${SLACK_WEBHOOK_URL}"] } });
    expect(map.watchdog).toEqual({ act: ["prefer_free"] });
    expect(statSync(inFolder(".dev.vars")).mode & 0o777).toBe(0o600);
    expect(variables()).toMatchObject({
      ANTHROPIC_KEY: "sk-ant-from-the-shell",
      SLACK_WEBHOOK_URL: "https://hooks.slack.com/services/T/B/x",
      TUNNEL_URL: "http://127.0.0.1:1234",
      LISBON_KEY_SECRET: expect.stringMatching(/^[\da-f]{64}$/),
      LISBON_SIGNING_SECRET: expect.stringMatching(/^whsec_/),
    });
    expect(textOf(".gitignore")).toBe(".dev.vars\n");
    const said = linesOf(ending);
    expect(said).toContain("put OPENAI_API_KEY into .dev.vars: https://platform.openai.com/api-keys");
    expect(said).not.toMatch(/sk-ant|whsec_|services\/T/);
    // As the quick start has it: what is uploaded has secrets of its own.
    const staging = readFileSync("docs/quick-start.md", "utf8").split("## 4. Staging")[1]?.split("\n## ")[0] ?? "";
    for (const words of [...OWN_SECRETS, "openssl rand -hex 32", "npx lisbon deploy staging --env-file .env.staging"]) {
      expect([said, staging]).toEqual([expect.stringContaining(words), expect.stringContaining(words)]);
    }
    expect(said).not.toContain("--env-file .dev.vars");
  });

  it.each([...OFFERED.map(({ id }) => ({ providers: id })), ...SERVERS.map(({ id }) => ({ local: id }))])(
    "passes check with %j alone",
    async (flags) => {
      expect(await init({ yes: true, ...flags }, folder)).toMatchObject({ ok: true });
      const codes = findingsThere().map(({ code }) => code);

      // What is paid has a price, and no order is a mistake.
      expect(mapThere().hot).not.toEqual([]);
      expect(codes).not.toContain("missing_price");
      expect(codes).not.toContain("paid_before_free");
      expect(codes).not.toContain("prefer_free_without_routes");
    },
  );

  it("loses nothing that is there: the map is kept beside, variables keep their values, lines are added once", async () => {
    writeFileSync(inFolder("routes.prod.json"), "mine");
    writeFileSync(inFolder(".dev.vars"), "LISBON_ADMIN_KEY=mine\nOTHER=1", { mode: 0o644 });
    writeFileSync(inFolder(".gitignore"), "dist");
    const options: InitOptions = { yes: true, providers: "openai" };

    expect(await init(options, folder)).toMatchObject({ ok: false, failure: { kind: "usage" } });
    expect(textOf("routes.prod.json")).toBe("mine");

    await init({ ...options, force: true }, folder);
    await init({ ...options, force: true }, folder);

    expect(textOf("routes.prod.json.old1")).toBe("mine");
    expect(existsSync(inFolder("routes.prod.json.old2"))).toBe(true);
    expect(variables()).toMatchObject({ LISBON_ADMIN_KEY: "mine", OTHER: "1" });
    expect(textOf(".dev.vars").match(/LISBON_KEY_SECRET/g)).toHaveLength(1);
    expect(statSync(inFolder(".dev.vars")).mode & 0o777).toBe(0o600);
    expect(textOf(".gitignore")).toBe("dist\n.dev.vars\n");
  });

  it.each([
    [{}, "says who is to answer"],
    [{ providers: "openai,nobody" }, "not nobody"],
    [{ providers: "openai", local: "vllm" }, "lmstudio or ollama, not vllm"],
    [{ providers: "openai", notify: "ops" }, "an e-mail address or an https URL"],
    [{ providers: "openai", budget: "-1" }, "US dollars a month"],
  ])("refuses %j and writes nothing", async (flags, why) => {
    const ending = await init({ yes: true, ...flags }, folder);

    expect(ending).toMatchObject({ ok: false, failure: { kind: "usage", message: expect.stringContaining(why) } });
    expect(existsSync(inFolder("routes.prod.json"))).toBe(false);
  });
});

describe("lisbon init at a terminal", () => {
  it("asks for what it needs, and shows no key that is typed", async () => {
    const { terminal, shown } = somebodyTypes([
      ["Which providers", " \u001b[B \r"],
      ["ANTHROPIC_KEY", "sk-ant-typed\r"],
      ["OPENAI_API_KEY", "\r"],
      ["machine of your own", "\u001b[B\r"],
      ["Who is told", "ops@example.com\r"],
      ["US dollars", "20\r"],
    ]);
    const ending = await init({}, folder, terminal);

    expect(ending).toMatchObject({ ok: true });
    expect(mapThere()).toMatchObject({ budget: { monthlyUsd: 20 }, cold: { notify: ["ops@example.com"] } });
    expect(mapThere().warm?.map(({ provider }) => provider)).toEqual(["lmstudio", "openai"]);
    expect(variables()["ANTHROPIC_KEY"]).toBe("sk-ant-typed");
    expect(shown()).not.toContain("sk-ant-typed");
    expect(linesOf(ending)).toContain("RESEND_API_KEY and NOTICE_FROM");
  });

  it("writes nothing after Ctrl-C, however far one has come", async () => {
    const { terminal } = somebodyTypes([
      ["Which providers", " \r"],
      ["ANTHROPIC_KEY", "sk-ant-typed\r"],
      ["machine of your own", "\u0003"],
    ]);

    expect(await init({}, folder, terminal)).toMatchObject({ ok: false, failure: { message: "Nothing was written." } });
    expect([existsSync(inFolder("routes.prod.json")), existsSync(inFolder(".dev.vars"))]).toEqual([false, false]);
  });

  it("asks before it replaces a map, and takes no for an answer", async () => {
    writeFileSync(inFolder("routes.prod.json"), "mine");
    const { terminal } = somebodyTypes([["is there already", "\r"]]);

    expect(await init({}, folder, terminal)).toMatchObject({ ok: false });
    expect(textOf("routes.prod.json")).toBe("mine");
  });

  it("says how else, where there is no terminal", async () => {
    const next = expect.stringContaining("init --yes");

    expect(await init({ json: true }, folder)).toMatchObject({ ok: false, failure: { kind: "usage", next } });
  });
});

/** Without an error of the lint. */
function mapThere(): RoutingMap {
  expect(hasErrors(findingsThere())).toBe(false);
  return fileThere().map;
}

function findingsThere(): readonly Finding[] {
  return lintMap(fileThere(), null);
}

function fileThere(): MapFile {
  const read = readMapFile(inFolder("routes.prod.json"));
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}

function variables(): Readonly<Record<string, string>> {
  const read = variablesFrom(undefined, folder);
  return read.ok ? read.value : {};
}

function linesOf(ending: Awaited<ReturnType<typeof init>>): string {
  return ending.ok ? ending.value.lines(plain).join("\n") : "";
}

/** Types the keys of each line once its question stands on the screen. */
function somebodyTypes(lines: readonly (readonly [question: string, keys: string])[]): {
  readonly terminal: Terminal;
  readonly shown: () => string;
} {
  const input = new PassThrough();
  const output = new PassThrough();
  const waiting = [...lines];
  let [all, seen] = ["", ""];
  output.on("data", (chunk: Buffer) => {
    all += chunk.toString();
    seen += stripVTControlCharacters(chunk.toString());
    const [next] = waiting;
    if (next === undefined || !seen.includes(next[0])) return;
    waiting.shift();
    seen = "";
    // One key after the other, as a keyboard sends them.
    for (const key of next[1].match(/\p{Cc}\[\w|[\s\S]/gu) ?? []) setImmediate(() => input.write(key));
  });
  return { terminal: { input, output }, shown: () => all };
}
