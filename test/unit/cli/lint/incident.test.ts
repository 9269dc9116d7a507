/** The chain that failed over into a loop, and the one that was written after it. */
import { describe, expect, it } from "vitest";
import { readMapFile } from "../../../../cli/read-map.ts";
import { lintMap } from "../../../../cli/lint/lint-map.ts";
import { codesOf, everythingSet } from "./support.ts";

const incident = fixture("incident");

describe("the incident's chain", () => {
  it("has a duplicate entry, no local model, free after paid, and paid fallbacks in a cluster", () => {
    expect(lintMap(incident, everythingSet).map(({ code, line, severity }) => [code, line, severity])).toEqual([
      ["duplicate_route", 6, "error"],
      ["no_local_route", 9, "warning"],
      ["paid_before_free", 10, "warning"],
      ["paid_clustered", 10, "warning"],
    ]);
  });

  it("is the same when nobody has set a variable, but for those", () => {
    const found = codesOf(lintMap(incident, () => undefined)).filter((code) => code !== "missing_variable");
    expect(found).toEqual(codesOf(lintMap(incident, null)));
  });

  it.each([
    [{ enabled: false }, "breaker_off"],
    [{ failuresToOpen: 100_000 }, "breaker_never_opens"],
  ])("has no breaker either with %j", (breaker, code) => {
    const text = JSON.stringify({ ...incident.map, breaker });
    const found = lintMap({ ...incident, text, map: { ...incident.map, breaker } }, everythingSet);

    expect(codesOf(found).toSorted()).toEqual(
      [code, "duplicate_route", "no_local_route", "paid_before_free", "paid_clustered"].toSorted(),
    );
  });
});

describe("the mended chain", () => {
  it("is clean", () => {
    expect(lintMap(fixture("mended"), everythingSet)).toEqual([]);
    expect(lintMap(fixture("mended"), null)).toEqual([]);
  });
});

function fixture(name: string) {
  const read = readMapFile(`test/fixtures/lint/${name}.json`);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}
