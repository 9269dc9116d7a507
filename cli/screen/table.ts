/** Columns for a terminal of 80. What people copy, an id, stands last and is never cut. */
import { stripVTControlCharacters } from "node:util";

/** The first row is the head; the last column is not filled up. `right`: columns of numbers, from 0. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, lengthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const filler = " ".repeat((widths[at] ?? 0) - lengthOf(cell));
        if (right.includes(at)) return `${filler}${cell}`;
        return at === row.length - 1 ? cell : `${cell}${filler}`;
      })
      .join("  ")
      .trimEnd(),
  );
}

/** To at most so many characters, in the middle of a sentence if need be. */
export function shortened(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** What somebody else wrote could hold what moves a cursor or changes a title. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}\p{Bidi_C}]/gu, " ");
}

export function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

function lengthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
