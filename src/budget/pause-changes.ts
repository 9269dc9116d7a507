/** The changes that several rules of the pause share, and what follows from a look at Redis. */
import type { Notice } from "../domain/notice.ts";
import type { FlagReading, FlagWrite } from "./flag-store.ts";
import { pausedNotice, resumedNotice } from "./pause-notices.ts";
import { ALL } from "./pause.ts";
import type { Pause, PauseState, Source } from "./pause-state.ts";

interface Changed {
  readonly state: PauseState;
  readonly notices: readonly Notice[];
}

interface Known {
  readonly pauseAtPercent: number;
  readonly providers: ReadonlySet<string>;
}

/**
 * The flag decides where Redis can be believed. Set, and not known here: somebody set it. Gone, with our mark still
 * there: somebody took it away. Gone together with the mark: Redis was emptied, the copy decides and both are
 * written again. What is still to be written is not judged.
 */
export function afterReading(state: PauseState, { scopes, epoch }: FlagReading, now: number, rules: Known): Changed {
  const notices: Notice[] = [];
  let next = state;
  for (const scope of scopes) {
    if (state.pauses.has(scope) || isToBe("clear", scope, state)) continue;
    next = putPause(next, scope, { by: "hand", sinceMs: now, reason: SET_BY_HAND, causes: [] });
    notices.push(pausedNotice(scope, "hand", SET_BY_HAND, now));
  }
  for (const scope of state.pauses.keys()) {
    // A provider that has left the map is not asked for.
    const wasRead = scope === ALL || rules.providers.has(scope);
    if (!wasRead || scopes.has(scope) || isToBe("set", scope, state)) continue;
    if (!epoch) {
      next = addWrite(next, { kind: "set", scope });
      continue;
    }
    const lifted = lift(next, [scope], "The flag was taken away in Redis.", now, rules);
    next = lifted.state;
    notices.push(...lifted.notices);
  }
  if (!epoch && next.unwritten.length === 0) next = addWrite(next, { kind: "epoch" });
  return { state: next, notices };
}

const SET_BY_HAND = "The flag was set in Redis: by hand, by a script, or by an alert while the switchboard was away.";

function isToBe(kind: "set" | "clear", scope: string, { unwritten }: PauseState): boolean {
  return unwritten.some(
    (write) =>
      (write.kind === kind && write.scope === scope) ||
      // A flag that is set again after everything was cleared has a write of its own behind it.
      (kind === "clear" && write.kind === "clear_all"),
  );
}

/** Ends these pauses, as far as they are there. `rules`: somebody wanted it so, and that is remembered; null: time did it. */
export function lift(
  state: PauseState,
  scopes: readonly string[],
  why: string,
  now: number,
  rules: Pick<Known, "pauseAtPercent"> | null,
): Changed {
  const ended = scopes.filter((scope) => state.pauses.has(scope));
  const sources = rules === null ? state.sources : withResumed(state, new Set(scopes), rules);
  if (ended.length === 0 && sources === state.sources) return { state, notices: [] };
  const pauses = new Map([...state.pauses].filter(([scope]) => !ended.includes(scope)));
  return { state: { ...state, pauses, sources }, notices: ended.map((scope) => resumedNotice(scope, why, now)) };
}

function withResumed(
  { sources }: PauseState,
  scopes: ReadonlySet<string>,
  { pauseAtPercent }: Pick<Known, "pauseAtPercent">,
): ReadonlyMap<string, Source> {
  return new Map(
    [...sources].map(([key, source]) => [
      key,
      scopes.has(source.scope) && source.percent >= pauseAtPercent
        ? { ...source, resumedPercent: source.percent }
        : source,
    ]),
  );
}

export function putPause(state: PauseState, scope: string, pause: Pause): PauseState {
  return { ...state, pauses: new Map([...state.pauses, [scope, pause] as const]) };
}

/** The latest word on a scope counts; nothing before a clearing of everything matters. */
export function addWrite(state: PauseState, write: FlagWrite): PauseState {
  const kept = state.unwritten.filter((earlier) => !isOvertaken(earlier, write));
  return { ...state, unwritten: [...kept, write] };
}

function isOvertaken(earlier: FlagWrite, write: FlagWrite): boolean {
  if (write.kind === "clear_all" || earlier.kind === "epoch") return true;
  if (write.kind === "epoch" || earlier.kind === "clear_all") return false;
  return earlier.scope === write.scope;
}
