import { describe, expect, it } from "vitest";
import { call, evaluate, formulaOf, max, minus, over, sum, times, when } from "../../../planner/expression.ts";
import type { Cell, Expression } from "../../../planner/expression.ts";

const cell: Cell = { sheet: "Inputs", row: "calls", column: "value" };

describe("a formula", () => {
  it.each<[string, Expression, number, string]>([
    ["names other cells", sum(cell, 1), 9, "SUM(calls,1)"],
    ["keeps its order by brackets", times(minus(cell, 3), 2), 10, "((calls-3)*2)"],
    ["has brackets around what is less than nothing", minus(1, -2), 3, "(1-(-2))"],
    ["is nothing where it is divided by nothing", over(cell, 0), 0, "IF(0=0,0,calls/0)"],
    ["takes any condition that is not 0 as true", when(cell, 1, 2), 1, "IF(calls=0,2,1)"],
    ["compares", max(call("below", cell, 8), call("atMost", cell, 8)), 1, "MAX(IF(calls<8,1,0),IF(calls<=8,1,0))"],
    ["rounds up", call("roundUp", over(cell, 3)), 3, "ROUNDUP(IF(3=0,0,calls/3),0)"],
  ])("%s", (_what, expression, value, formula) => {
    expect(evaluate(expression, () => 8)).toBe(value);
    expect(formulaOf(expression, ({ row }) => row)).toBe(formula);
  });
});
