/** What the watch says is wrong, and who has looked after the router of late. */
import { useEffect, useState } from "preact/hooks";
import type { Api } from "./api.ts";
import type { LiveView, WatchReport } from "./view.ts";
import { duration } from "./words.ts";

const AGAIN_MS = 20_000;

/** Asked for by itself, when a route or a pause has changed, and once something was `changed` here; not in a hidden tab. Null: it does not answer. */
export function useWatch(api: Api, view: LiveView | null, changed: number): WatchReport | null | undefined {
  const [report, setReport] = useState<WatchReport | null>();
  const known = JSON.stringify([view?.overview?.routes.map(({ status }) => status), view?.pauses?.length, changed]);
  useEffect(() => {
    let isOld = false;
    const ask = (): void => {
      if (document.hidden) return;
      api.get<WatchReport>("/admin/watch").then(
        (found) => isOld || setReport(found),
        () => isOld || setReport(null),
      );
    };
    ask();
    const timer = setInterval(ask, AGAIN_MS);
    document.addEventListener("visibilitychange", ask);
    return () => {
      isOld = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [api, known]);
  return report;
}

const NAMES = { worker: "Watchdog", qstash: "QStash schedule", cli: "lisbon watch" } as const;
const WATCHERS = ["worker", "qstash", "cli"] as const;

/** `Watchdog looked 40 s ago`. */
export function lookedText(report: WatchReport | null | undefined, now: number): string {
  if (report === undefined) return "Asking for the watchdog";
  if (report === null) return "Whether a watchdog looks is not known";
  const looked = WATCHERS.flatMap((name) => {
    const at = report.seen[name];
    return at === undefined ? [] : [`${NAMES[name]} looked ${duration(now - at)} ago`];
  });
  return looked.length === 0 ? "No watchdog has ever looked (docs/watchdog.md)" : looked.join(", ");
}
