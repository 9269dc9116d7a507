/** The plan as a spreadsheet whose outputs are live: what is changed in an input's cell is worked out again. */
import { writeXlsx } from "hucre/xlsx";
import type { Cell as XlsxCell, SheetChart, WriteOptions, WriteSheet } from "hucre/xlsx";
import { formulaOf } from "./expression.ts";
import type { Cell } from "./expression.ts";
import { COSTS, OUTPUT_NAMES } from "./outputs.ts";
import { idOf, valuesOf } from "./sheets.ts";
import type { Sheet } from "./sheets.ts";

/** The bytes of an .xlsx file. */
export async function xlsxOf(sheets: readonly Sheet[]): Promise<Uint8Array> {
  return await writeXlsx(workbookOf(sheets));
}

export function workbookOf(sheets: readonly Sheet[]): WriteOptions {
  const value = valuesOf(sheets);
  const addressOf = addressesOf(sheets);
  const named = (cell: Cell): string => nameOf(cell) ?? addressOf(cell);
  return {
    sheets: [...sheets.map((sheet) => sheetOf(sheet, named, value)), chartsSheet(sheets)],
    namedRanges: namedCells(sheets).map(({ name, cell }) => ({ name, range: addressOf(cell) })),
    activeSheet: sheets.findIndex(({ name }) => name === "Outputs"),
  };
}

const INPUT_STYLE = { fill: { type: "pattern", pattern: "solid", fgColor: { rgb: "FFF2CC" } } } as const;
const HEADING_STYLE = {
  font: { bold: true, name: "Calibri", size: 11 },
  fill: { type: "pattern", pattern: "solid", fgColor: { rgb: "DDEBF7" } },
} as const;

function sheetOf(
  { name, columns, rows }: Sheet,
  addressOf: (cell: Cell) => string,
  value: (sheet: string, row: string, column: string) => number,
): WriteSheet {
  const cells = new Map<string, Partial<XlsxCell>>();
  columns.forEach(({ title }, place) =>
    cells.set(`0,${place}`, { value: title, type: "string", style: HEADING_STYLE }),
  );
  rows.forEach((row, line) => {
    columns.forEach(({ key, kind }, place) => {
      const content = row.cells[key];
      if (content === undefined) return;
      const at = `${line + 1},${place}`;
      if (typeof content === "string") cells.set(at, { value: content, type: "string" });
      else if (kind === "input" && typeof content === "number") {
        cells.set(at, { value: content, type: "number", style: { ...INPUT_STYLE, numFmt: numberFormat(content) } });
      } else {
        const result = value(name, row.key, key);
        const formula = formulaOf(content, addressOf);
        cells.set(at, { formula, formulaResult: result, type: "formula", style: { numFmt: numberFormat(result) } });
      }
    });
  });
  return {
    name,
    rows: [columns.map(() => null), ...rows.map(() => columns.map(() => null))],
    cells,
    columns: columns.map(({ kind, title, key }) => ({ width: widthOf(kind, title, key) })),
    freezePane: { rows: 1, columns: 1 },
  };
}

function widthOf(kind: string, title: string, key: string): number {
  if (kind !== "text") return Math.max(14, Math.min(28, title.length));
  return key === "note" || key === "source" ? 60 : key === "unit" || key === "tier" ? 14 : 34;
}

function numberFormat(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? "#,##0" : "0.00####";
}

/** Inputs and outputs that stand for themselves are found by their names; they are what formulas say. */
function namedCells(sheets: readonly Sheet[]): readonly { readonly name: string; readonly cell: Cell }[] {
  return sheets
    .filter(({ name }) => name === "Inputs" || name === "Outputs")
    .flatMap(({ name: sheet, rows }) =>
      rows.map(({ key }) => ({ name: key, cell: { sheet, row: key, column: "value" } })),
    );
}

function nameOf({ sheet, row }: Cell): string | null {
  return sheet === "Inputs" || sheet === "Outputs" ? row : null;
}

/** Where each cell is, such as `Routes!$C$2`. */
function addressesOf(sheets: readonly Sheet[]): (cell: Cell) => string {
  const addresses = new Map(
    sheets.flatMap(({ name, columns, rows }) =>
      rows.flatMap(({ key: row }, line) =>
        columns.map(
          ({ key: column }, place) =>
            [idOf({ sheet: name, row, column }), `${name}!$${columnLetters(place)}$${line + 2}`] as const,
        ),
      ),
    ),
  );
  return (cell) => {
    const address = addresses.get(idOf(cell));
    if (address === undefined) throw new Error(`The plan has no cell ${cell.sheet}, ${cell.row}, ${cell.column}.`);
    return address;
  };
}

function columnLetters(place: number): string {
  const last = String.fromCharCode(65 + (place % 26));
  return place < 26 ? last : columnLetters(Math.floor(place / 26) - 1) + last;
}

/** Bars over the cells of the other sheets, so they change with them. */
function chartsSheet(sheets: readonly Sheet[]): WriteSheet {
  const rowsOf = (name: string): number => sheets.find((sheet) => sheet.name === name)?.rows.length ?? 0;
  const costs = COSTS.map((name) => OUTPUT_NAMES.indexOf(name) + 2);
  const column = (sheet: string, key: string, from = 2, to = rowsOf(sheet) + 1): string => {
    const place = sheets.find(({ name }) => name === sheet)?.columns.findIndex((each) => each.key === key) ?? 0;
    return `${sheet}!$${columnLetters(place)}$${from}:$${columnLetters(place)}$${to}`;
  };
  const [first, last] = [Math.min(...costs), Math.max(...costs)];
  const charts = [
    bars("Cost, $/month", column("Outputs", "name", first, last), column("Outputs", "value", first, last), 1),
    ...(rowsOf("Routes") === 0
      ? []
      : [bars("Cost by route, $/month", column("Routes", "route"), column("Routes", "usd"), 18)]),
    bars("p95 with retries, ms", column("Kinds", "kind"), column("Kinds", "p95Ms"), 35),
    bars("Deadlines missed, %", column("Kinds", "kind"), column("Kinds", "missedPercent"), 52),
  ];
  return { name: "Charts", rows: [["The charts follow the other sheets."]], charts };
}

function bars(title: string, categories: string, values: string, top: number): SheetChart {
  return {
    type: "bar",
    title,
    series: [{ name: title, categories, values }],
    anchor: { from: { row: top, col: 0 }, to: { row: top + 16, col: 10 } },
    legend: false,
  };
}
