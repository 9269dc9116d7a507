import type { Failure } from "../../domain/failure.ts";
import { failureOf } from "../failure-of.ts";

/** A filter that let nothing through; Converse gives no reason beside its name. */
export function filtered(stopReason: string | null | undefined): Failure {
  const message = `The model's provider withheld the answer (${stopReason}).`;
  return failureOf("content_filtered", { message, status: 200 });
}

export function brokenOff(stopReason: string | null | undefined): Failure {
  return failureOf("server_error", { message: `the answer was broken off (${stopReason})`, status: 200 });
}
