import type { FailureKind } from "./failure.ts";
import type { QualityCheck } from "./quality.ts";

/** One line of a call's trail: a try at a candidate, or why the candidate was not tried. */
export type Attempt =
  | { readonly routeId: string; readonly result: "answered"; readonly ms: number }
  /** It went on where another route's answer broke off, `at` that character. */
  | { readonly routeId: string; readonly result: "continued"; readonly ms: number; readonly at: number }
  | {
      readonly routeId: string;
      readonly result: FailureKind;
      readonly ms: number;
      readonly status?: number;
      readonly check?: QualityCheck;
    }
  /** Its stream was over when the flaw was found: nothing could be taken back. */
  | { readonly routeId: string; readonly result: "flawed"; readonly check: QualityCheck }
  | { readonly routeId: string; readonly result: "skipped"; readonly why: SkipReason };

/** `incapable:<parameter>` names what the route cannot do. */
export type SkipReason =
  | "open"
  | "killed"
  | "paused"
  | "warm_off"
  | "host_unreachable"
  | "account_out"
  | "limit_reached"
  | "quiet"
  | "context_too_small"
  | "not_rolled_out"
  | `incapable:${string}`;
