/** A line of the table: what a step did, and whether it was in time. */
export type Row = {
  /** `0` to `4`, as the procedure numbers them. */
  readonly step: string;
  readonly what: string;
} & (
  | { readonly verdict: "ok"; readonly ms: number; readonly limitMs: number }
  /** Too late, or not what was to happen; `ms`: when that was known. */
  | { readonly verdict: "miss"; readonly ms: number; readonly limitMs: number; readonly why: string }
  /** Nobody can know from here: never counted as ok. */
  | { readonly verdict: "not_run"; readonly why: string }
);
