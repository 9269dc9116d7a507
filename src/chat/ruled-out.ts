import type { SkipReason } from "../domain/attempt.ts";
import { policyOf, type Failure } from "../domain/failure.ts";
import type { Route } from "../domain/route.ts";

/** What one call has learnt about the candidates that it has not tried yet. */
export class RuledOut {
  readonly #hosts = new Set<string>();
  readonly #accounts = new Set<string>();
  /** The largest window that was too small; null: none was. */
  #contextTooSmall: number | null = null;

  note(route: Route, failure: Failure): void {
    switch (policyOf(failure.kind).tryNext) {
      case "other_host":
        this.#hosts.add(route.host);
        return;
      case "other_account":
        if (failure.oneModelOnly !== true) this.#accounts.add(route.account);
        return;
      case "larger_context":
        this.#contextTooSmall = Math.max(this.#contextTooSmall ?? 0, route.contextTokens ?? 0);
        return;
      case "any":
      case "none":
        return;
    }
  }

  /** For a shorter prompt: no window is known to be too small for that. */
  forShorterPrompt(): RuledOut {
    const other = new RuledOut();
    for (const host of this.#hosts) other.#hosts.add(host);
    for (const account of this.#accounts) other.#accounts.add(account);
    return other;
  }

  why(route: Route): SkipReason | null {
    if (this.#hosts.has(route.host)) return "host_unreachable";
    if (this.#accounts.has(route.account)) return "account_out";
    // A window that the map does not state is not known to be larger.
    if (this.#contextTooSmall !== null && (route.contextTokens ?? 0) <= this.#contextTooSmall) {
      return "context_too_small";
    }
    return null;
  }
}
