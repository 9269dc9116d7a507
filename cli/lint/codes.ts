/**
 * What the lint of a routing map may find. An operator reads this table, and
 * docs/lint.md, without reading code; a new code does not compile until it has
 * a row, and a test asks for its line in the docs.
 */
export const lintCodes = {
  unreadable: {
    severity: "error",
    why: "What cannot be read is never served: nothing starts with such a map and nothing is deployed.",
  },
  duplicate_route: {
    severity: "error",
    why: "The second one fails as the first one did, and a caller has waited for both.",
  },
  ladder_ends_in_nothing: {
    severity: "error",
    why: "When the last step has no answer either, a caller of this kind gets whatever the default is, and nobody chose it.",
  },
  cached_answer_without_cache: {
    severity: "warning",
    why: "Nothing is ever kept of this kind's answers, so the step never has one, and its callers wait for nothing.",
  },
  smaller_model_without_routes: {
    severity: "warning",
    why: "There is nobody to ask, so the step is left out: the kind is queued or refused sooner than it looks.",
  },
  paid_before_free: {
    severity: "warning",
    why: "An outage of Hot then costs money for answers that others give for nothing, and a used-up budget hides them.",
  },
  paid_clustered: {
    severity: "warning",
    why: "Paid routes fail together (a quota, an empty balance, a paused budget), so a call walks all of them before one that still answers.",
  },
  one_provider: {
    severity: "warning",
    why: "One outage, one used-up quota or one locked account stops every call.",
  },
  one_host: {
    severity: "warning",
    why: "When that host is down, no route is left, whatever the models behind it are.",
  },
  rollout_leaves_nobody: {
    severity: "warning",
    why: "A user whom none of these percentages takes in has no route at all: every call of theirs is parked or refused.",
  },
  no_free_route: {
    severity: "warning",
    why: "When the money is spent, or the budget pauses, nothing answers at all.",
  },
  no_local_route: {
    severity: "warning",
    why: "Free quotas end and clouds go away; a model of your own answers when no provider does.",
  },
  prefer_free_without_routes: {
    severity: "warning",
    why: "The watchdog may put a free or local route first where Hot is in trouble, and there is none: it can only tell.",
  },
  smaller_context: {
    severity: "warning",
    why: "The long calls, which took Hot longest to fail at, find no way out: they do not fit here.",
  },
  missing_price: {
    severity: "warning",
    why: "Nobody knows what it costs, so budgets of money keep off it and reports count it as nothing.",
  },
  missing_key: {
    severity: "warning",
    why: "It is asked without any key, and a host on the open net will refuse that.",
  },
  missing_variable: {
    severity: "warning",
    why: "What needs the variable is off until somebody sets it.",
  },
  missing_notify: {
    severity: "warning",
    why: "When everything fails or a job waits for a human, nobody is told.",
  },
  deadline_too_short: {
    severity: "warning",
    why: "The deadline cuts the route off before its own clocks do: it is blamed for less time than the map grants it, and those behind it get no turn.",
  },
  breaker_off: {
    severity: "warning",
    why: "Every call tries a dead provider again and pays the wait: this is how a failover becomes a loop.",
  },
  breaker_never_opens: {
    severity: "warning",
    why: "With this number the breaker is there and never trips: every call tries a dead provider again.",
  },
  breaker_never_closes: {
    severity: "warning",
    why: "With this number a route that failed for a minute stays away for as long as anybody remembers.",
  },
  fallback_refuses_prefill: {
    severity: "warning",
    why: "It cannot take over an answer in its middle: it is asked in words to go on, and where the seam is not proven the answer breaks off.",
  },
} as const satisfies Readonly<Record<string, { readonly severity: Severity; readonly why: string }>>;

export type Severity = "error" | "warning";
export type LintCode = keyof typeof lintCodes;
