import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { neededVariables } from "../../src/routing/map-variables.ts";
import { RoutingMap } from "../../src/routing/routing-map.ts";
import { VARIABLES } from "../../src/variables.ts";

const known: readonly string[] = VARIABLES.map(({ name }) => name);

describe("the variables", () => {
  it("stand in .dev.vars.example, each with a line that says what it is and where to get it", () => {
    const text = readFileSync(".dev.vars.example", "utf8");
    const named = [...text.matchAll(/^#([A-Z][A-Z0-9_]*)=$/gm)].map((match) => match[1]);

    expect(named).toEqual(known);
    for (const { name, what, where } of VARIABLES) expect(text).toContain(`# ${what}; ${where}\n#${name}=\n`);
  });

  it.each(["routes.prod.json", "routes.local.json"])("that %s needs are known", (file) => {
    const map = RoutingMap.parse(JSON.parse(readFileSync(file, "utf8")));
    expect(neededVariables(map).filter(({ name }) => !known.includes(name))).toEqual([]);
  });
});
