import { describe, expect, it } from "vitest";
import { staleFiles } from "../../../dev/generate.ts";
import { kindsPage } from "../../../dev/kinds-page.ts";
import { missingFromLockfile } from "../../../dev/locked-packages.ts";

describe("the generated files", () => {
  it("are current", () => {
    expect(staleFiles(new URL("../../../", import.meta.url))).toEqual([]);
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
