import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { keepMembers, KEPT, withoutBody } from "../../../cli/keep-members.ts";

const SOURCE = `var Base = class {};
var Thing = class extends Base {
  field;
  constructor(field) { super(); this.field = field; }
  kept = () => "kept";
  dropped = () => new Heavy();
  static fromEnv() { return new Heavy(); }
  get alsoDropped() { return 1; }
};
export { Thing };`;

describe("a class with only the members that are called", () => {
  it("keeps their very text, and nothing of the others", () => {
    const kept = keepMembers(SOURCE, { name: "Thing", members: ["constructor", "field", "kept"] }) ?? "";

    expect(kept).toContain('kept = () => "kept";');
    expect(kept).not.toMatch(/dropped|Heavy|fromEnv|alsoDropped/i);
    expect(kept).toContain("constructor(field) { super(); this.field = field; }");
  });

  it("is looked for in every file, and a file without it stays as it is", () => {
    expect(keepMembers(SOURCE, { name: "Other", members: [] })).toBeNull();
  });

  it("ends the build where it lacks one of them", () => {
    expect(() => keepMembers(SOURCE, { name: "Thing", members: ["gone"] })).toThrow("has no member gone");
  });
});

it("a function that is never to be called does nothing", () => {
  expect(withoutBody("var start = async (port) => { await download(port); };\nstart;", "start")).toBe(
    "var start = async () => {};\nstart;",
  );
});

describe("the packages whose classes are made smaller", () => {
  const files = ["@upstash/redis", "@upstash/qstash"].flatMap((name) =>
    readdirSync(`node_modules/${name}`).map((file) => `node_modules/${name}/${file}`),
  );

  it.each(KEPT)("have the class $name with these members, once", ({ files: where, ...kept }) => {
    const found = files
      .filter((file) => where.test(file))
      .filter((file) => keepMembers(readFileSync(file, "utf8"), kept) !== null);

    expect(found).toHaveLength(1);
  });
});
