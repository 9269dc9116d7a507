/** `POST /budget/resume`: work goes on. No body, or `{}`: everything; `{ "provider": name }`: that one's flag. */
import * as z from "zod/mini";
import { readTextWithin } from "../lib/read-text.ts";
import { refusalResponse } from "./refusal-response.ts";
import { problemOf } from "./schema-problem.ts";
import { type BudgetDeps, tellSwitchboard } from "./tell-switchboard.ts";

const MAX_BYTES = 65_536;
export const Resume = z.strictObject({
  provider: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(256))),
});

/** The admin key was checked before. */
export async function budgetResume(request: Request, deps: BudgetDeps, requestId: string): Promise<Response> {
  const text = await readTextWithin(request, MAX_BYTES);
  if (text === null) return refusalResponse({ kind: "body_too_large", maxBytes: MAX_BYTES });
  let body: unknown;
  try {
    body = text.trim() === "" ? {} : JSON.parse(text);
  } catch (cause) {
    return refusalResponse({ kind: "invalid_json", reason: cause instanceof Error ? cause.message : "unreadable" });
  }
  const resume = Resume.safeParse(body);
  if (!resume.success) return refusalResponse({ kind: "invalid_request", ...problemOf(resume.error) });
  const refusal = await tellSwitchboard({ kind: "resume", provider: resume.data.provider ?? null }, deps, requestId);
  return refusal === null ? new Response(null, { status: 204 }) : refusalResponse(refusal);
}
