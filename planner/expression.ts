/**
 * A formula as a tree. What it comes to here and what a spreadsheet is given
 * are both made from that tree, so that the two cannot differ.
 */

/** A cell of the plan's sheets. */
export interface Cell {
  readonly sheet: string;
  readonly row: string;
  readonly column: string;
}

interface Call {
  readonly name: FunctionName;
  readonly args: readonly Expression[];
}

export type Expression = number | Cell | Call;

interface Meaning {
  readonly value: (...args: readonly number[]) => number;
  readonly formula: (...args: readonly string[]) => string;
}

/** Every function that a formula may use. A condition is 1 or 0. */
const FUNCTIONS = {
  sum: { value: (...args) => args.reduce((a, b) => a + b, 0), formula: (...args) => `SUM(${args.join(",")})` },
  minus: { value: (a = 0, b = 0) => a - b, formula: (a, b) => `(${a}-${b})` },
  times: { value: (...args) => args.reduce((a, b) => a * b, 1), formula: (...args) => `(${args.join("*")})` },
  /** Nothing where the divisor is nothing. */
  over: { value: (a = 0, b = 0) => (b === 0 ? 0 : a / b), formula: (a, b) => `IF(${b}=0,0,${a}/${b})` },
  min: { value: (...args) => Math.min(...args), formula: (...args) => `MIN(${args.join(",")})` },
  max: { value: (...args) => Math.max(...args), formula: (...args) => `MAX(${args.join(",")})` },
  exp: { value: (a = 0) => Math.exp(a), formula: (a) => `EXP(${a})` },
  ln: { value: (a = 0) => Math.log(a), formula: (a) => `LN(${a})` },
  roundUp: { value: (a = 0) => Math.ceil(a), formula: (a) => `ROUNDUP(${a},0)` },
  below: { value: (a = 0, b = 0) => Number(a < b), formula: (a, b) => `IF(${a}<${b},1,0)` },
  atMost: { value: (a = 0, b = 0) => Number(a <= b), formula: (a, b) => `IF(${a}<=${b},1,0)` },
  when: { value: (a = 0, b = 0, c = 0) => (a === 0 ? c : b), formula: (a, b, c) => `IF(${a}=0,${c},${b})` },
} as const satisfies Readonly<Record<string, Meaning>>;

export type FunctionName = keyof typeof FUNCTIONS;

export function call(name: FunctionName, ...args: readonly Expression[]): Expression {
  return { name, args };
}

export const sum = (...args: readonly Expression[]): Expression => call("sum", ...args);
export const minus = (a: Expression, b: Expression): Expression => call("minus", a, b);
export const times = (...args: readonly Expression[]): Expression => call("times", ...args);
export const over = (a: Expression, b: Expression): Expression => call("over", a, b);
export const min = (...args: readonly Expression[]): Expression => call("min", ...args);
export const max = (...args: readonly Expression[]): Expression => call("max", ...args);
/** `otherwise` where the condition is 0. */
export const when = (condition: Expression, then: Expression, otherwise: Expression): Expression =>
  call("when", condition, then, otherwise);
/** What a percentage is of one. */
export const percent = (of: Expression): Expression => times(of, 0.01);

/** `valueOf`: what another cell comes to. */
export function evaluate(expression: Expression, valueOf: (cell: Cell) => number): number {
  if (typeof expression === "number") return expression;
  if ("sheet" in expression) return valueOf(expression);
  const { value }: Meaning = FUNCTIONS[expression.name];
  return value(...expression.args.map((arg) => evaluate(arg, valueOf)));
}

/** As a spreadsheet writes it, without the `=`. `addressOf`: where another cell is, or its name. */
export function formulaOf(expression: Expression, addressOf: (cell: Cell) => string): string {
  if (typeof expression === "number") return decimal(expression);
  if ("sheet" in expression) return addressOf(expression);
  const { formula }: Meaning = FUNCTIONS[expression.name];
  return formula(...expression.args.map((arg) => formulaOf(arg, addressOf)));
}

/** A spreadsheet reads `-2*3` and `1e-7` as we do, but `2--1` only with brackets. */
function decimal(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}
