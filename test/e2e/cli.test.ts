import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "lisbon-cli-"));

afterAll(() => rmSync(folder, { recursive: true }));

describe("lisbon check", () => {
  it("says what is on, what is off, and which variables are missing", async () => {
    const run = await lisbon(["check", "routes.prod.json", "--env-file", file("some.env", "OPENAI_API_KEY=k\n")]);

    expect(run.code).toBe(0);
    expect(run.out).toContain("on   warm/openai/gpt-4o-mini  (openai at api.openai.com)");
    expect(run.out).toContain('off  warm/google/gemini-3-flash: switched off in the map ("enabled": false)');
    expect(run.out).toContain("hot[0].key: not set: ANTHROPIC_KEY or ANTHROPIC_API_KEY (for hot/anthropic/");
  });

  it("names a paid route whose price nobody has said, whether or not it is on", async () => {
    const hot = [
      { id: "known", provider: "openai", model: "gpt-4o-mini" },
      { id: "unknown", provider: "openai", model: "gpt-of-nobody" },
      { id: "priced", provider: "openai", model: "x", price: { inputPerMillion: 1, outputPerMillion: 2 } },
      { id: "free", provider: "openai", model: "y", cost: "free" },
    ];
    const run = await lisbon([
      "check",
      file("prices.json", JSON.stringify({ hot })),
      "--env-file",
      file("none.env", ""),
    ]);

    expect(run.code).toBe(0);
    expect(run.out.match(/.* missing_price .*/g)).toEqual([
      expect.stringContaining(
        "hot[1].price: unknown is paid, and neither the map nor the shipped list knows its price",
      ),
    ]);
  });

  it("takes a missing variable for an error when it is strict", async () => {
    expect((await lisbon(["check", "--strict", "--env-file", file("none.env", "")])).code).toBe(1);
  });

  it("ends with 1 and every mistake of a wrong map", async () => {
    const run = await lisbon(["check", file("wrong.json", '{"hot":[{"provider":"openai"}],"order":"x"}')]);

    expect(run.code).toBe(1);
    expect(run.errors).toContain("hot[0].model: found nothing");
    expect(run.errors).toContain('order: found "x"');
  });

  it("ends with 1 and two lines when there is no such file", async () => {
    const run = await lisbon(["check", "nowhere.json"]);
    expect([run.code, run.errors]).toEqual([
      1,
      "cannot read nowhere.json: there is no such file\nName a file that is there.\n",
    ]);
  });

  it("ends with 1 when a variable's value does not fit", async () => {
    const variables = "ANTHROPIC_BASE_URL=ftp://x\nANTHROPIC_KEY=k\n";
    const run = await lisbon(["check", "test/fixtures/routes.pasted.json", "--env-file", file("ftp.env", variables)]);

    expect(run.code).toBe(1);
    expect(run.out).toContain("its baseUrl (filled from ANTHROPIC_BASE_URL) is not an http(s) URL");
  });

  it("speaks JSON to programs", async () => {
    const run = await lisbon(["check", "--json", "--env-file", file("none.env", "")]);
    expect(JSON.parse(run.out)).toMatchObject({ ok: true, on: [], missingVariables: [{ name: "ANTHROPIC_KEY" }, {}] });
  });
});

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

async function lisbon(args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, ["--", "cli/lisbon.mjs", ...args], {
    env: { PATH: process.env["PATH"] ?? "" },
  });
  const ended = once(child, "close");
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return { code: typeof code === "number" ? code : null, out, errors };
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
