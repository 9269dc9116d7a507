import type { NoticeLink } from "../domain/notice.ts";
import { durationText, utcText } from "../lib/time-words.ts";
import type { Message } from "./message.ts";
import type { OnDuty } from "./on-call.ts";

/** A message in words, the same for every sender. */
export interface Rendered {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly links: readonly NoticeLink[];
  readonly clientMessage: string | null;
}

export interface Line {
  readonly label: string;
  readonly text: string;
}

export function render(message: Message): Rendered {
  const { notice } = message;
  const lines = [
    { label: "Why", text: notice.why },
    { label: "Next action", text: notice.nextAction },
    { label: "Open for", text: message.openForMs === null ? null : durationText(message.openForMs) },
    { label: "How often", text: howOften(message) },
    { label: "Jobs", text: jobs(message) },
    { label: "Tries again", text: notice.retryWindow },
    { label: "Due", text: notice.dueAtMs === null ? null : due(notice.dueAtMs, message.composedAtMs) },
    { label: "On call", text: onCall(message.onCall, message.composedAtMs) },
    { label: "Tenant", text: notice.tenant },
    { label: "At", text: utcText(notice.atMs) },
  ];
  return {
    title: title(message),
    lines: lines.flatMap(({ label, text }) => (text === null ? [] : [{ label, text }])),
    links: notice.links,
    clientMessage: notice.clientMessage,
  };
}

function title({ notice, count }: Message): string {
  const test = notice.kind === "test" ? "[TEST] " : "";
  const times = count > 1 && !notice.closes ? ` (${count} times)` : "";
  return `${test}${notice.title}${times}`.replaceAll(/\s+/g, " ");
}

function howOften({ count, repeats, sinceMs, notice }: Message): string | null {
  const others = notice.closes ? count - 1 : count;
  if (notice.closes) return others === 0 ? null : `${others} more since the last message`;
  if (repeats) return `${others} more since the last message, the first at ${utcText(sinceMs)}`;
  return others === 1 ? null : `${others} times`;
}

function jobs({ notice, jobs: count }: Message): string | null {
  if (notice.jobIds.length === 0) return null;
  const more = count - notice.jobIds.length;
  return more > 0 ? `${notice.jobIds.join(", ")} and ${more} more` : notice.jobIds.join(", ");
}

function due(dueAtMs: number, now: number): string {
  return dueAtMs > now
    ? `${utcText(dueAtMs)}, in ${durationText(dueAtMs - now)}`
    : `${utcText(dueAtMs)}, ${durationText(now - dueAtMs)} ago`;
}

function onCall(person: OnDuty | null, now: number): string {
  if (person === null) return "nobody: the map has no onCall";
  const who = `${person.name} (${person.contact})`;
  if (person.begins === null) return `${who}, where it is ${person.localTime} (${person.tz})`;
  const { atMs, localTime } = person.begins;
  return `nobody is on duty now. Next: ${who} from ${localTime} (${person.tz}), in ${durationText(atMs - now)}; it is ${person.localTime} there`;
}
