/** Where things are in the plan's sheets. */
import type { Cell } from "./expression.ts";
import type { InputName } from "./input-table.ts";

export const of = {
  input: (name: InputName): Cell => ({ sheet: "Inputs", row: name, column: "value" }),
  kind: (kind: string, column: string): Cell => ({ sheet: "Kinds", row: kind, column }),
  route: (id: string, column: string): Cell => ({ sheet: "Routes", row: id, column }),
  stop: (kind: string, index: number, column: string): Cell => ({ sheet: "Stops", row: stopKey(kind, index), column }),
  output: (name: string): Cell => ({ sheet: "Outputs", row: name, column: "value" }),
} as const;

/** `index`: its place in the kind's chain, from 0. */
export function stopKey(kind: string, index: number): string {
  return `${kind} ${index + 1}`;
}
