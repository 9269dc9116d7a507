import type { Figure } from "./row.ts";

const HEADINGS = ["what", "bare", "Lisbon", "compared", "bound", ""] as const;

/** A Markdown table, so that it can be pasted into the README. */
export function tableOf(figures: readonly Figure[]): string {
  const lines = [HEADINGS, ...figures.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? "").length)));
  const text = lines.map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  return [text[0], `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...text.slice(1)].join("\n");
}

function cellsOf({ what, unit, bare, lisbon, compared, bound }: Figure): readonly string[] {
  return [
    what,
    bare === null ? "" : show(bare, unit),
    lisbon === null ? "not measured" : show(lisbon, unit),
    compared.value === null ? "" : show(compared.value, compared.unit),
    bound === null ? "" : `≤ ${show(bound, compared.unit)}`,
    bound === null || compared.value === null ? "" : compared.value <= bound ? "ok" : "OVER",
  ];
}

function show(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
}
