/** Which findings a human hears of from the watch itself. Pure. */
import { QUIET_NOTICE, type Notice } from "../domain/notice.ts";
import type { Finding, FindingKind } from "./findings.ts";

/** The breaker, the guards and the service's watch tell of the others when they happen. */
const TOLD_HERE: ReadonlySet<FindingKind> = new Set([
  "stuck_queue",
  "context_full",
  "pause_forgotten",
  "watcher_silent",
]);

export interface WatchNews {
  readonly notices: readonly Notice[];
  /** Keys with the title that was told, for the next time. */
  readonly told: Readonly<Record<string, string>>;
}

/** Each is told when it begins and when it is over. */
export function newsOf(told: WatchNews["told"], findings: readonly Finding[], atMs: number): WatchNews {
  const here = findings.filter(({ kind }) => TOLD_HERE.has(kind));
  const present = new Set(here.map(({ key }) => key));
  const begun = here.filter(({ key }) => !Object.hasOwn(told, key));
  const over = Object.entries(told).filter(([key]) => !present.has(key));
  return {
    notices: [
      ...begun.map(({ key, title, why, nextAction }) => noticeOf(key, atMs, { title, why, nextAction })),
      ...over.map(([key, title]) => ({
        ...noticeOf(key, atMs, { title: `Over: ${title}`, why: "the watch no longer sees it", nextAction: "Nothing." }),
        closes: true,
      })),
    ],
    told: Object.fromEntries(here.map(({ key, title }) => [key, told[key] ?? title])),
  };
}

function noticeOf(key: string, atMs: number, words: Pick<Notice, "title" | "why" | "nextAction">): Notice {
  return { ...QUIET_NOTICE, ...words, kind: "watch", key: `watch:${key}`, atMs };
}
