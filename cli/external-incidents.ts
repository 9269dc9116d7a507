/** The section *External incidents* of a changelog: what providers did to us, one line each, never twice. */
import * as z from "zod";

export const Incident = z.object({
  id: z.string(),
  provider: z.string(),
  routes: z.array(z.string()),
  rule: z.string(),
  target: z.string(),
  kind: z.string(),
  first_failure_at: z.string(),
  started_at: z.string(),
  ended_at: z.nullable(z.string()),
  calls_saved: z.number(),
  calls_parked: z.number(),
  deadlines_missed: z.number(),
});
export type Incident = z.infer<typeof Incident>;

export const Pause = z.object({
  scope: z.string(),
  by: z.string(),
  reason: z.string(),
  percent: z.nullable(z.number()),
  started_at: z.string(),
  ended_at: z.nullable(z.string()),
});
export type Pause = z.infer<typeof Pause>;

export const IncidentsReply = z.object({ incidents: z.array(Incident), pauses: z.array(Pause) });

export const HEADING = "## External incidents";

/** Our own key, bill or map: nothing that a provider did. */
const OWN_DOING = new Set(["auth_failed", "credit_exhausted", "quota_exhausted", "model_not_found", "operator"]);

/** The changelog with those that are over and not in it yet, the earliest first. */
export function withIncidents(
  changelog: string,
  incidents: readonly Incident[],
): { readonly text: string; readonly added: readonly Incident[] } {
  const added = incidents
    .filter(({ kind, ended_at: endedAt, id }) => {
      return endedAt !== null && !OWN_DOING.has(kind) && !changelog.includes(markOf(id));
    })
    .toSorted((left, right) => left.started_at.localeCompare(right.started_at));
  if (added.length === 0) return { text: changelog, added };
  const lines = added.map(entryOf);
  const all = changelog.replace(/\n+$/, "").split("\n");
  const heading = all.indexOf(HEADING);
  if (heading < 0) return { text: [...all, "", HEADING, "", ...lines, ""].join("\n"), added };
  const next = all.findIndex((line, place) => place > heading && line.startsWith("## "));
  let end = next < 0 ? all.length : next;
  while (end > heading + 1 && all[end - 1] === "") end--;
  const gap = end === heading + 1 ? [""] : [];
  return { text: [...all.slice(0, end), ...gap, ...lines, ...all.slice(end), ""].join("\n"), added };
}

/** The mark is what tells an incident again: the words around it may be edited. */
function markOf(id: string): string {
  return `<!-- ${id} -->`;
}

function entryOf(incident: Incident): string {
  const {
    provider,
    target,
    kind,
    routes,
    calls_saved: saved,
    calls_parked: parked,
    deadlines_missed: missed,
  } = incident;
  const named = routes.length > 0 ? ` (${routes.map((route) => `\`${route}\``).join(", ")})` : "";
  const calls = `${saved} calls saved, ${parked} parked, ${missed} deadlines missed`;
  return `- ${spanOf(incident)}: ${provider || target}, ${kind.replaceAll("_", " ")}${named}; ${calls}. ${markOf(incident.id)}`;
}

/** `2026-11-21 10:15:04 to 10:31:40 UTC` */
export function spanOf({
  started_at: startedAt,
  ended_at: endedAt,
}: Pick<Incident, "started_at" | "ended_at">): string {
  const from = momentOf(startedAt);
  if (endedAt === null) return `${from} UTC, still open`;
  const to = momentOf(endedAt);
  return `${from} to ${to.slice(0, 10) === from.slice(0, 10) ? to.slice(11) : to} UTC`;
}

function momentOf(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
}
