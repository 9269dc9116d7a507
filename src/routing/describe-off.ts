/** Why a route is off, for people, with what to do about it. */
import type { OffReason } from "../domain/routing.ts";
import { assertNever } from "../lib/assert-never.ts";
import { describeAlternatives } from "./map-variables.ts";

export function describeOff(why: OffReason): string {
  switch (why.kind) {
    case "disabled":
      return 'switched off in the map ("enabled": false)';
    case "private_host":
      return `its host ${why.host} is not public, which production needs (a tunnel gives it a name)`;
    case "missing_variables":
      return `not set: ${why.names.map(describeAlternatives).join(", ")}`;
    case "wrong_value": {
      const from = why.names.length > 0 ? ` (filled from ${why.names.join(", ")})` : "";
      return `its ${why.field}${from} is not ${why.expected}`;
    }
    default:
      return assertNever(why);
  }
}
