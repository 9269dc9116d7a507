/** `lisbon incidents`: what providers did, exactly when, and what callers had of it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fail, ok } from "../src/lib/result.ts";
import { askAdminFor } from "./ask-admin.ts";
import { type Incident, IncidentsReply, spanOf, withIncidents } from "./external-incidents.ts";
import type { CommandOptions, Ending } from "./run-command.ts";

export interface IncidentsOptions extends CommandOptions {
  /** A moment such as 2026-11-01. */
  readonly since?: string;
  /** A file, or true for `CHANGELOG.md`. */
  readonly changelog?: string | true;
}

export async function incidents(options: IncidentsOptions): Promise<Ending> {
  const query = options.since === undefined ? "" : `?since=${encodeURIComponent(options.since)}`;
  const asked = await askAdminFor(IncidentsReply, options, `/admin/incidents${query}`);
  if (!asked.ok) return asked;
  const { incidents: found } = asked.value;
  if (options.changelog !== undefined) {
    return append(options.changelog === true ? "CHANGELOG.md" : options.changelog, found);
  }
  return ok({ json: { incidents: found }, lines: () => (found.length === 0 ? ["No incidents."] : found.map(lineOf)) });
}

function append(file: string, found: readonly Incident[]): Ending {
  if (!existsSync(file)) {
    const next = "Name the changelog: --changelog docs/CHANGELOG.md";
    return fail({ kind: "usage", code: "usage", message: `there is no ${file}`, next });
  }
  const { text, added } = withIncidents(readFileSync(file, "utf8"), found);
  if (added.length > 0) writeFileSync(file, text);
  return ok({
    json: { file, added: added.map(({ id }) => id) },
    lines: () => [added.length === 0 ? `Nothing new for ${file}.` : `${added.length} added to ${file}.`],
  });
}

function lineOf(incident: Incident): string {
  const { id, provider, target, kind, calls_saved: saved, calls_parked: parked, deadlines_missed: missed } = incident;
  const counts = `saved ${saved}, parked ${parked}, deadlines missed ${missed}`;
  return `${spanOf(incident)}  ${provider || "?"}  ${target}  ${kind}  ${counts}  ${id}`;
}
