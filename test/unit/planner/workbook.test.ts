import { describe, expect, it } from "vitest";
import { planSheets } from "../../../planner/plan-sheets.ts";
import { workbookOf } from "../../../planner/workbook.ts";
import { inputsWith, plannedMap } from "../../support/planned.ts";

/** https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3 */
const LONGEST_FORMULA = 8_192;
const MOST_ARGUMENTS = 255;
/** What Excel would take for the place of a cell, or for R1C1. */
const LIKE_A_PLACE = /^(?:[A-Z]{1,3}\d+|R\d*C?\d*|C\d*)$/i;

describe("the spreadsheet", () => {
  it("keeps to what Excel takes, of a map with 150 kinds too", () => {
    const kinds = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`kind-${index}`, {}]));
    const warm = Array.from({ length: 2 }, (_, index) => ({ id: `w${index}`, provider: "openai", model: "gpt-4o" }));
    const { sheets, namedRanges = [] } = workbookOf(planSheets(inputsWith({}, { ...plannedMap, kinds, warm })));
    const formulas = sheets.flatMap(({ cells }) =>
      [...(cells?.values() ?? [])].flatMap(({ formula }) => formula ?? []),
    );

    expect(formulas.length).toBeGreaterThan(10_000);
    expect(Math.max(...formulas.map((formula) => formula.length))).toBeLessThan(LONGEST_FORMULA);
    expect(Math.max(...formulas.map(mostArguments))).toBeLessThan(MOST_ARGUMENTS);
    expect(namedRanges.filter(({ name }) => LIKE_A_PLACE.test(name))).toEqual([]);
    expect(new Set(namedRanges.map(({ name }) => name.toLowerCase())).size).toBe(namedRanges.length);
  });

  it("has no number that is not an input or a formula", () => {
    const sheets = planSheets(inputsWith({}));
    const wrong = sheets.flatMap(({ name, columns, rows }) =>
      rows.flatMap(({ key, cells }) =>
        columns.flatMap((column) => {
          const content = cells[column.key];
          const isInput = typeof content === "number";
          const fits = column.kind === "text" ? typeof content === "string" : column.kind === "formula" || isInput;
          return fits && content !== undefined ? [] : [`${name} ${key} ${column.key}`];
        }),
      ),
    );

    expect(wrong).toEqual([]);
  });
});

/** Of the call that has most. */
function mostArguments(formula: string): number {
  const commas: number[] = [0];
  let most = 0;
  for (const sign of formula) {
    if (sign === "(") commas.push(0);
    if (sign === ",") commas.push((commas.pop() ?? 0) + 1);
    if (sign === ")") most = Math.max(most, (commas.pop() ?? 0) + 1);
  }
  return most;
}
