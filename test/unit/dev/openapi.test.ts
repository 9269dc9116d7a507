/** The description of the API; that it has every path of `app.ts` and no other, the generator itself sees to. */
import { readFileSync } from "node:fs";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { expect, it } from "vitest";

const text = readFileSync("docs/openapi.json", "utf8");

async function foundIn(source: string): Promise<readonly string[]> {
  const config = await createConfig({ extends: ["recommended-strict"] });
  const problems = await lintFromString({ source, absoluteRef: "openapi.json", config });
  return problems.map(({ ruleId, location }) => `${ruleId} ${location[0]?.pointer ?? ""}`);
}

it("has nothing that the linter finds", async () => {
  expect(await foundIn(text)).toEqual([]);
});

it("would not pass with a path parameter that is not described", async () => {
  expect(await foundIn(text.replaceAll('"name": "id"', '"name": "ib"'))).not.toEqual([]);
});

it("has every code of docs/errors.md", () => {
  const codes = [...readFileSync("docs/errors.md", "utf8").matchAll(/^\| `(\w+)`/gm)].map(([, code]) => `"${code}"`);
  expect(codes.length).toBeGreaterThan(40);
  expect(codes.filter((code) => !text.includes(code))).toEqual([]);
});
