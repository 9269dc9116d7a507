/**
 * The control calls, for anyone with curl: set, list and clear faults, see and
 * clear the calls received. Wrong input is answered with the field's name.
 *
 *   curl -d '{"provider":"hot","fault":"reset"}' $SIM_URL/_control/faults
 */
import { z } from "zod";
import type { CallList } from "./calls.ts";
import type { FaultRules } from "./fault-rules.ts";
import { faults } from "./faults.ts";
import { type HttpReply, jsonReply, type Received } from "./wire/wire-format.ts";

const FaultRuleBody = z
  .strictObject({
    provider: z.string().min(1),
    model: z.string().min(1).optional(),
    fault: z.string().min(1).optional(),
    arg: z.union([z.string(), z.number()]).optional(),
    times: z.int().min(1).optional(),
    share: z.number().min(0).max(1).optional(),
    latencyMs: z.number().min(0).max(600_000).optional(),
  })
  .refine((rule) => rule.fault !== undefined || rule.latencyMs !== undefined, {
    message: "is needed, unless latencyMs is given",
    path: ["fault"],
  });

export function control(received: Received, rules: FaultRules, calls: CallList): HttpReply {
  const provider = received.query.get("provider") ?? undefined;
  switch (`${received.method} ${received.path}`) {
    case "GET /faults":
      return jsonReply(200, { set: rules.list(), known: faults });
    case "POST /faults":
      return setFault(received.body, rules);
    case "DELETE /faults":
      rules.clear(provider);
      return jsonReply(200, { set: rules.list() });
    case "GET /calls":
      return jsonReply(200, {
        calls: calls.all.filter((call) => provider === undefined || call.provider === provider).map(withoutKeys),
      });
    case "DELETE /calls":
      calls.clear();
      return jsonReply(200, { calls: [] });
    default:
      return mistake(404, "path", "known: GET, POST, DELETE /_control/faults and GET, DELETE /_control/calls");
  }
}

function setFault(body: unknown, rules: FaultRules): HttpReply {
  const read = FaultRuleBody.safeParse(body);
  if (!read.success) {
    const [issue] = read.error.issues;
    const field = issue?.code === "unrecognized_keys" ? issue.keys.join(", ") : (issue?.path.join(".") ?? "");
    return mistake(400, field === "" ? "body" : field, issue?.message ?? "is not a fault rule");
  }
  const wrong = rules.set(read.data);
  return wrong === undefined ? jsonReply(200, { set: rules.list() }) : mistake(400, "fault", wrong);
}

function mistake(status: number, field: string, message: string): HttpReply {
  return jsonReply(status, { error: { field, message: `${field}: ${message}` } });
}

/** Tests in the same process see the keys; whoever looks with curl may be showing a screen to others. */
function withoutKeys<Call extends { readonly headers: Readonly<Record<string, string | undefined>> }>(
  call: Call,
): Call {
  const secret = ["authorization", "x-api-key", "x-goog-api-key", "api-key", "x-amz-security-token"];
  const headers = Object.entries(call.headers).map(([name, value]) => [name, secret.includes(name) ? "***" : value]);
  return { ...call, headers: Object.fromEntries(headers) };
}
