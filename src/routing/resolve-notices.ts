import type { NoticeSettings, NoticeTarget, OnCall } from "../domain/routing.ts";
import { fillPlaceholders, lookUp, placeholdersIn } from "./placeholder.ts";
import type { Environment } from "./placeholder.ts";
import type { RoutingMap } from "./routing-map.ts";

const MINUTE_MS = 60_000;

export function resolveNotices(map: RoutingMap, environment: Environment): NoticeSettings {
  return {
    targets: (map.cold?.notify ?? []).flatMap((text) => targetOf(text, environment) ?? []),
    onCall: (map.onCall ?? []).map(({ name, tz, hours, contact }): OnCall => ({
      name,
      tz: tz ?? "UTC",
      hours: hours === undefined ? null : hoursOf(hours),
      contact,
    })),
    windowMs: (map.notices?.repeatAfterMinutes ?? 60) * MINUTE_MS,
    degradedAfterMs: (map.notices?.degradedAfterMinutes ?? 15) * MINUTE_MS,
    clientMessage: map.notices?.clientMessage ?? null,
  };
}

/** Null: its variable is missing, or holds neither a URL nor an address. */
function targetOf(text: string, environment: Environment): NoticeTarget | null {
  const [variable] = placeholdersIn(text);
  if (variable !== undefined && lookUp(variable, environment) === null) return null;
  const filled = fillPlaceholders(text, environment);
  if (!URL.canParse(filled)) return filled.includes("@") ? { kind: "email", to: filled } : null;
  return { kind: isSlack(filled, variable) ? "slack" : "webhook", url: filled };
}

/** https://api.slack.com/messaging/webhooks; a relay of one's own is told by its variable's name. */
function isSlack(url: string, variable: string | undefined): boolean {
  return new URL(url).hostname === "hooks.slack.com" || /slack/i.test(variable ?? "");
}

/** The map's schema has looked at it: `22:00-06:00`. */
function hoursOf(text: string): NonNullable<OnCall["hours"]> {
  const [from = "", to = ""] = text.split("-");
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to) };
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}
