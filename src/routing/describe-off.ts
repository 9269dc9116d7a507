/** Why a route is off, for people, with what to do about it. */
import type { OffReason } from "../domain/routing.ts";
import { assertNever } from "../lib/assert-never.ts";
import { sameVariables } from "./provider-table.ts";

export function describeOff(why: OffReason): string {
  switch (why.kind) {
    case "disabled":
      return 'switched off in the map ("enabled": false)';
    case "missing_variables":
      return `not set: ${why.names.map((name) => sameVariables(name).join(" or ")).join(", ")}`;
    case "wrong_value": {
      const from = why.names.length > 0 ? ` (filled from ${why.names.join(", ")})` : "";
      return `its ${why.field}${from} is not ${why.expected}`;
    }
    case "api_not_available":
      return `the API "${why.api}" is not available yet; take a host that speaks OpenAI's language and set "api": "openai"`;
    default:
      return assertNever(why);
  }
}
