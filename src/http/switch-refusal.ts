import type { SwitchRefused } from "../breaker/overrides.ts";
import type { Refusal } from "../domain/refusal.ts";
import { assertNever } from "../lib/assert-never.ts";

/** What the switchboard did not take, as the operator reads it. */
export function switchRefusal(refused: SwitchRefused, param: string): Refusal {
  return { kind: "invalid_request", param, reason: `${param}: ${reasonOf(refused)}` };
}

function reasonOf(refused: SwitchRefused): string {
  switch (refused.kind) {
    case "unknown_flag":
      return `there is no such flag. There are: ${refused.known.join(", ")}.`;
    case "unknown_route":
      return `there is no such route. There are: ${refused.known.join(", ")}.`;
    case "unknown_account":
      return `there is no such account. There are: ${refused.known.join(", ")}.`;
    case "unknown_loop":
      return `no such request is blocked. There are: ${refused.known.join(", ") || "none"}.`;
    case "not_a_switch_position":
      return "expected true, false or null.";
    case "too_many_killed":
      return 'too many routes are switched off at run time; switch them off in the map ("enabled": false).';
    default:
      return assertNever(refused);
  }
}
