/**
 * What differs between Claude models, read off their names. A name without a
 * version (a preview, an alias) counts as the newest.
 * https://platform.claude.com/docs/en/about-claude/models/migration-guide
 */
export interface ClaudeModel {
  /** 405 for 4.5; Infinity where the name tells none. */
  readonly version: number;
  /** `budget`: `thinking.budget_tokens`; `adaptive`, from 4.6 on: `output_config.effort`. */
  readonly thinking: "none" | "budget" | "adaptive";
  /** Fable and Mythos refuse `thinking: disabled`. */
  readonly alwaysThinks: boolean;
  /** Effort `xhigh` came with 4.7; before it, `max` is the next. */
  readonly knowsXhigh: boolean;
  /** "`temperature` is deprecated for this model", from 4.7 on. */
  readonly takesSampling: boolean;
  /** "`temperature` and `top_p` cannot both be specified for this model", from 4.1 on. */
  readonly takesBothSamplings: boolean;
  /** A conversation may end with words of the assistant, before 4.6. */
  readonly takesPrefill: boolean;
}

export function claudeModel(name: string): ClaudeModel {
  const version = versionOf(name);
  return {
    version,
    thinking: version >= 406 ? "adaptive" : version >= 307 ? "budget" : "none",
    alwaysThinks: /fable|mythos/.test(name),
    knowsXhigh: version >= 407,
    takesSampling: version < 407,
    takesBothSamplings: version < 401,
    takesPrefill: version < 406,
  };
}

/** `claude-sonnet-4-5-20250929` and `sonnet-4.5` are 405, `claude-3-7-sonnet-latest` is 307, `claude-sonnet-4-20250514` is 400. */
function versionOf(name: string): number {
  const match =
    /(?:opus|sonnet|haiku|fable|mythos)-(\d)(?:[-.](\d{1,2})(?!\d))?/.exec(name) ??
    /claude-(\d)(?:[-.](\d{1,2})(?!\d))?/.exec(name);
  return match === null ? Infinity : Number(match[1]) * 100 + Number(match[2] ?? 0);
}
