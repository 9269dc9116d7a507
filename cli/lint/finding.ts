/** One thing that a map says and its people will regret: where, why it matters, and what to write instead. */
import type { MapProblem } from "../../src/routing/map-problem.ts";
import { pathText } from "../../src/routing/map-problem.ts";
import { lintCodes } from "./codes.ts";
import type { LintCode, Severity } from "./codes.ts";

/** As a rule makes it. */
export interface Found {
  readonly code: LintCode;
  /** Such as `["warm", 1]`; what is missing has the place of the nearest thing around it. */
  readonly path: readonly PropertyKey[];
  readonly found: string;
  readonly instead: string;
}

export interface Finding extends Found {
  readonly severity: Severity;
  readonly why: string;
  readonly file: string;
  /** From 1; null: the file itself could not be opened. */
  readonly line: number | null;
  readonly column: number | null;
}

export interface Place {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
}

export function findingAt(found: Found, { file, line, column }: Place): Finding {
  return { ...found, ...lintCodes[found.code], file, line, column };
}

/** What the reader of the map has refused, in the same words as the rest. */
export function unreadable(problem: MapProblem): Finding {
  const { path, value, expected } = problem;
  return findingAt({ code: "unreadable", path, found: `found ${value}`, instead: expected }, problem);
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** For people, in the order of the file; why a code matters is said once. */
export function describeFindings(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap((finding, index) => {
    const { code, file, line, column, severity, path, found, why, instead } = finding;
    const place = line === null ? file : `${file}:${line}:${column}`;
    const where = path.length === 0 ? "" : ` ${pathText(path)}`;
    const isFirst = findings.findIndex((other) => other.code === code) === index;
    return [
      `${place} ${severity} ${code}${where}: ${found}`,
      ...(isFirst ? [`    why: ${why}`] : []),
      `    instead: ${instead}`,
    ];
  });
}

/** `1 error: duplicate_route; 2 warnings: no_free_route, smaller_context`; empty where nothing was found. */
export function inShort(findings: readonly Finding[]): string {
  return (["error", "warning"] as const)
    .flatMap((severity) => {
      const some = findings.filter((finding) => finding.severity === severity);
      if (some.length === 0) return [];
      const codes = [...new Set(some.map(({ code }) => code))].join(", ");
      return `${some.length} ${severity}${some.length === 1 ? "" : "s"}: ${codes}`;
    })
    .join("; ");
}
