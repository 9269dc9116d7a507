import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { staleFiles } from "../../../dev/generate.ts";
import { kindsPage } from "../../../dev/kinds-page.ts";
import { mapPage } from "../../../dev/map-page.ts";
import { missingFromLockfile } from "../../../dev/locked-packages.ts";

describe("the generated files", () => {
  it("are current", () => {
    expect(staleFiles(new URL("../../../", import.meta.url))).toEqual([]);
  });
});

describe("the page of the map", () => {
  it("says of every field what it is", () => {
    const rows = readFileSync("docs/map.md", "utf8").match(/^\| `.*$/gm) ?? [];

    expect(rows.length).toBeGreaterThan(150);
    expect(rows.filter((row) => row.endsWith("|  |"))).toEqual([]);
  });

  it("has a row for every field of the schema, with what it takes", () => {
    const page = mapPage({
      properties: {
        hot: {
          type: "array",
          items: {
            type: "object",
            required: ["model"],
            properties: { model: { type: "string", description: "Its name." }, cost: { enum: ["free", "paid"] } },
          },
        },
        warm: { type: "array" },
        kinds: {
          type: "object",
          additionalProperties: {
            type: "object",
            properties: { n: { anyOf: [{ type: "integer", minimum: 1 }, { const: false }] } },
          },
        },
      },
      required: ["hot"],
    });

    expect(page.match(/^\| `.*$/gm)).toEqual([
      "| `hot!` | list of object |  |",
      "| `hot[].model!` | string | Its name. |",
      '| `hot[].cost` | `"free"`, `"paid"` |  |',
      "| `kinds` | names with object |  |",
      "| `kinds.*.n` | whole number, at least 1 or `false` |  |",
    ]);
  });
});

describe("the page of kinds", () => {
  it("says for each what is protected, how long it may take, what follows, who acts and who owns it", () => {
    const page = kindsPage({
      hot: [],
      kinds: {
        draft: {
          deadlineSeconds: 12,
          degrade: ["smaller_model", { step: "human", dueMinutes: 60 }],
          protects: "The reply.",
          human: "Answer by hand.",
          owner: "support",
        },
        plain: {},
      },
    });

    expect(page).toContain(`  - kind: draft
    protects: The reply.
    maximum_time_to_answer: 12 s
    when_hot_and_warm_fail:
      - a smaller model answers
      - a human answers within 60 minutes
    what_a_human_does: Answer by hand.
    owner: support
`);
    expect(page).toContain("  - kind: plain\n    protects: (not written down)\n    maximum_time_to_answer: 30 s\n");
  });
});

describe("the lockfile", () => {
  it("is incomplete when a platform's package is wanted but not locked", () => {
    const packages = {
      "": {},
      "node_modules/workerd": { optionalDependencies: { "workerd-linux": "1", "workerd-darwin": "1" } },
      "node_modules/workerd-linux": {},
    };
    expect(missingFromLockfile(JSON.stringify({ packages }))).toEqual(["workerd-darwin (wanted by workerd)"]);
  });
});
