import type { PauseView } from "../budget/pause.ts";
import {
  DELIVERED_MS,
  findingsOf,
  type Finding,
  type Seen,
  type Watcher,
  type WatchReport,
} from "../watch/findings.ts";
import { newsOf, type WatchNews } from "../watch/news.ts";
import { ActObject } from "./act-object.ts";
import type { Overview } from "./overview.ts";
import { CALLS } from "./series.ts";

/** The switchboard's part of the watchdog: it knows how everything stands, and who has looked. */
export abstract class WatchObject<Env> extends ActObject<Env> {
  abstract overview(): Promise<Overview>;

  abstract pauses(): Promise<readonly PauseView[]>;

  /** Somebody outside looks. `by` null: only asks, and nobody is told anything. */
  async tick(by: Watcher | null): Promise<WatchReport> {
    const [overview, pauses, queue] = [await this.overview(), await this.pauses(), await this.queue()];
    const atMs = this.clock().now();
    const seen: Seen = { ...this.#noted("watchers"), ...(by !== null && { [by]: atMs }) };
    const { routes, loops } = overview;
    const [contextFull, calmSinceMs] = [await this.#contextFull(atMs), await this.#calmSince(atMs - DELIVERED_MS)];
    const findings = findingsOf({ atMs, routes, loops, pauses, queue, calmSinceMs, contextFull, seen });
    if (by !== null) {
      this.#tell(findings, seen, atMs);
      this.act(findings);
      await this.dueChanged();
    }
    return { atMs, findings, seen, acting: this.acting() };
  }

  #tell(findings: readonly Finding[], seen: Seen, atMs: number): void {
    const { notices, told } = newsOf(this.#noted("watch_told"), findings, atMs);
    this.tables.saveNote("watchers", JSON.stringify(seen));
    this.tables.saveNote("watch_told", JSON.stringify(told));
    for (const notice of notices) this.tell(notice);
  }

  async #contextFull(atMs: number): Promise<number> {
    const minutes = await this.aggregates("minute", atMs - CONTEXT_WINDOW_MS);
    return minutes.reduce((sum, { tally }) => sum + (tally[CALLS]?.["out:refused:context_too_long"] ?? 0), 0);
  }

  async #calmSince(sinceMs: number): Promise<number> {
    const ended = [...(await this.pauseSpells(sinceMs)), ...(await this.incidents(sinceMs))];
    return Math.max(0, ...ended.map(({ endedAtMs }) => endedAtMs ?? 0));
  }

  #noted(name: "watchers"): Seen;
  #noted(name: "watch_told"): WatchNews["told"];
  #noted(name: "watchers" | "watch_told"): Seen | WatchNews["told"] {
    return JSON.parse(this.tables.note(name) ?? "{}");
  }
}

const CONTEXT_WINDOW_MS = 600_000;
