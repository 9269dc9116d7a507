import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HEADING, type Incident, withIncidents } from "../../../cli/external-incidents.ts";

export function incidentOf(id: string, more: Partial<Incident> = {}): Incident {
  return {
    id,
    provider: "anthropic",
    routes: ["hot/anthropic/a"],
    rule: "circuit",
    target: "hot/anthropic/a",
    kind: "server_error",
    first_failure_at: "2026-11-21T10:15:00.120Z",
    started_at: "2026-11-21T10:15:04.500Z",
    ended_at: "2026-11-21T10:31:40.000Z",
    calls_saved: 12,
    calls_parked: 3,
    deadlines_missed: 0,
    ...more,
  };
}

describe("the section External incidents", () => {
  it("of this repository begins with what the project began with", () => {
    const lines = readFileSync("CHANGELOG.md", "utf8").split("\n");
    const heading = lines.indexOf(HEADING);
    expect(lines.slice(heading + 2, heading + 4)).toEqual([
      "- Mar 4: OpenAI API errors.",
      "- Apr 6–7: Claude elevated errors.",
    ]);
  });

  it("is made where there is none, and says who, why, exactly when, and what callers had of it", () => {
    const { text } = withIncidents("# Changelog\n\n## [Unreleased]\n\n- a\n", [incidentOf("inc_1_1")]);
    expect(text).toBe(
      "# Changelog\n\n## [Unreleased]\n\n- a\n\n## External incidents\n\n- 2026-11-21 10:15:04 to 10:31:40 UTC: anthropic, server error (`hot/anthropic/a`); 12 calls saved, 3 parked, 0 deadlines missed. <!-- inc_1_1 -->\n",
    );
  });

  it("is added to at its end, wherever it stands, and nothing else of the file changes", () => {
    const before = `# C\n\n${HEADING}\n\n- Mar 4: OpenAI API errors.\n\n## [0.1.0]\n\n- b\n`;
    const { text } = withIncidents(before, [incidentOf("inc_1_1")]);
    const entry = text.split("\n").find((line) => line.includes("inc_1_1")) ?? "";
    expect(text).toBe(before.replace("errors.\n", `errors.\n${entry}\n`));
  });

  it("never has the same incident twice, nor one that lasts, nor one of our own doing", () => {
    const ids = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(ids, { maxLength: 5 }), (rounds) => {
        let text = `# C\n\n${HEADING}\n\n## [0.1.0]\n`;
        for (const round of rounds) {
          const found = [...new Set(round)].map((id) => incidentOf(`inc_x_${id}`));
          text = withIncidents(text, found).text;
        }
        for (const id of new Set(rounds.flat())) expect(text.split(`<!-- inc_x_${id} -->`)).toHaveLength(2);
      }),
      { numRuns: 40 },
    );
    const others = [incidentOf("a", { ended_at: null }), incidentOf("b", { kind: "auth_failed" })];
    expect(withIncidents("# C\n", others)).toEqual({ text: "# C\n", added: [] });
  });
});
