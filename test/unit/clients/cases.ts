/** `clients/cases.json`, which the Worker's own core runs here and the clients run in their own languages. */
import { readFileSync } from "node:fs";
import type { FailureKind } from "../../../src/domain/failure.ts";
import type { ChatRequest } from "../../../src/openai/chat-request.ts";

interface Cases {
  readonly breaker: readonly BreakerCase[];
  readonly backoff: readonly BackoffCase[];
  readonly plan: readonly PlanCase[];
}

export interface BreakerCase {
  readonly name: string;
  readonly limits: {
    readonly failuresToOpen: number;
    readonly openMs: number;
    readonly probesToClose: number;
    readonly probeLeaseMs: number;
  };
  readonly steps: readonly BreakerStep[];
}

export interface Then {
  readonly phase: "closed" | "open" | "half_open";
  readonly untilMs?: number;
}

/** `failures`, `successes`: so many calls, each asked and settled in this moment. */
type BreakerStep = { readonly at: number; readonly then?: Then } & (
  | { readonly failures: number }
  | { readonly successes: number }
  | { readonly ask: string; readonly admitted: boolean }
  | { readonly settle: string; readonly as: "success" | "failure" }
);

interface BackoffCase {
  readonly name: string;
  readonly tries: number;
  readonly firstMs: number;
  readonly maxMs: number;
  readonly failures: readonly FailureKind[];
  readonly random: readonly number[];
  readonly delaysMs: readonly (number | null)[];
}

interface PlanCase {
  readonly name: string;
  readonly map: unknown;
  readonly environment: Readonly<Record<string, string>>;
  readonly request: ChatRequest;
  readonly candidates: readonly unknown[];
  readonly skipped: Readonly<Record<string, string>>;
}

export const cases: Cases = JSON.parse(readFileSync(new URL("../../../clients/cases.json", import.meta.url), "utf8"));
