import { policyOf } from "../domain/failure.ts";
import type { RunFailure } from "./run-result.ts";

/** Has the request itself had its chance in this run? docs/decisions/2026-11-21-what-burns-an-attempt.md */
export function burnsAttempt(failures: readonly RunFailure[]): boolean {
  return failures.some(({ kind, servedSince }) => {
    const { cold } = policyOf(kind);
    return cold === "burns" || (cold === "unless_outage" && servedSince);
  });
}
