/** The plan as sheets of cells, each a text, an input or a formula over other cells; and what they come to. */
import { evaluate } from "./expression.ts";
import type { Cell, Expression } from "./expression.ts";

export interface Sheet {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export interface Column {
  readonly key: string;
  /** The heading, with its unit. */
  readonly title: string;
  readonly kind: "text" | "input" | "formula";
}

export interface Row {
  readonly key: string;
  /** By column; a text stands for itself. */
  readonly cells: Readonly<Record<string, string | Expression>>;
}

/** What each cell comes to, worked out when it is asked for and once. Throws where there is no such cell: a bug. */
export function valuesOf(sheets: readonly Sheet[]): (sheet: string, row: string, column: string) => number {
  const cells = new Map(
    sheets.flatMap(({ name, rows }) =>
      rows.flatMap(({ key, cells: row }) =>
        Object.entries(row).map(([column, content]) => [idOf({ sheet: name, row: key, column }), content] as const),
      ),
    ),
  );
  const known = new Map<string, number>();
  const valueOf = (cell: Cell): number => {
    const id = idOf(cell);
    const before = known.get(id);
    if (before !== undefined) return before;
    const content = cells.get(id);
    if (content === undefined || typeof content === "string")
      throw new Error(`The plan has no number at ${id.replaceAll("\n", ", ")}.`);
    const value = evaluate(content, valueOf);
    known.set(id, value);
    return value;
  };
  return (sheet, row, column) => valueOf({ sheet, row, column });
}

/** One text for each cell; no name has a line break. */
export function idOf({ sheet, row, column }: Cell): string {
  return `${sheet}\n${row}\n${column}`;
}
