import { policyOf } from "../domain/failure.ts";
import type { Notice } from "../domain/notice.ts";
import { QUIET_NOTICE } from "../domain/notice.ts";
import { resetCommand } from "../domain/reset-command.ts";
import { assertNever } from "../lib/assert-never.ts";
import { durationText, utcText } from "../lib/time-words.ts";
import type { BreakerNotice, Incident } from "./board-state.ts";

/** An opening, or its end, as a human is told of it. `untilMs`: from when it is probed, or when it ends; null: it has ended. */
export function circuitNotice({ event, incident }: BreakerNotice, untilMs: number | null): Notice {
  const { rule, target, startedAtMs, endedAtMs } = incident;
  const key = `circuit:${rule}:${target}`;
  if (event === "closed") {
    const atMs = endedAtMs ?? startedAtMs;
    return {
      ...QUIET_NOTICE,
      kind: "circuit_closed",
      key,
      closes: true,
      title: `${nameOf(incident)} is back`,
      why: `It was out for ${durationText(atMs - startedAtMs)} (${incident.kind}).`,
      nextAction: "Nothing.",
      atMs,
    };
  }
  return {
    ...QUIET_NOTICE,
    kind: "circuit_opened",
    key,
    title: `${nameOf(incident)} is out: ${incident.kind}`,
    why: whyOf(incident),
    nextAction: nextActionOf(incident),
    retryWindow: untilMs === null ? null : windowOf(incident, untilMs),
    atMs: startedAtMs,
  };
}

function nameOf({ rule, target }: Incident): string {
  return rule === "account" ? `The account ${target}` : `The route ${target}`;
}

function whyOf({ rule, kind, detail, target }: Incident): string {
  const what = detail === "" ? kind : `${kind}, ${detail}`;
  const reach = rule === "account" ? ` All routes of the account ${target} are out with it.` : "";
  if (rule === "circuit") return `It failed too often in a row; the last time: ${what}.`;
  const { counts } = policyOf(kind);
  if (counts === "same_error" || counts === "same_error_route")
    return `The same error came again and again: ${what}.${reach}`;
  return `The provider says ${what}.${reach}`;
}

/** The command stands last: what follows it would be pasted with it. */
function nextActionOf({ rule, kind, target }: Incident): string {
  if (rule === "circuit") return "Nothing: it is probed, and closes by itself when it answers.";
  const reset = resetCommand(target);
  const { counts } = policyOf(kind);
  switch (counts) {
    case "same_error":
    case "same_error_route":
      return `Find out what it is and mend it; only an operator ends it early: ${reset}`;
    case "auth":
      return `Put in a key that works, then: ${reset}`;
    case "account":
      return `${kind === "credit_exhausted" ? "Top up the account's balance" : "Raise the quota or wait for its reset"}; to go on sooner: ${reset}`;
    case "outage":
    case "quality":
    case "isolate":
    case "nothing":
      return `When it is mended: ${reset}`;
    default:
      return assertNever(counts);
  }
}

function windowOf({ rule }: Incident, untilMs: number): string {
  return rule === "circuit" ? `probed from ${utcText(untilMs)} on` : `back by itself at ${utcText(untilMs)}`;
}
