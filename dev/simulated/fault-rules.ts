/**
 * Which fault a call meets: the one that its model name asks for, else the first
 * rule set by a control call that fits. Shares are spread evenly and exactly
 * (0.3 is three calls in every ten), so that a test sees the same each time.
 */
import { type Fault, readFault } from "./faults.ts";

export interface FaultRule {
  /** The first segment of the path, or `*` for all. */
  readonly provider: string;
  /** Only calls for this model. */
  readonly model?: string | undefined;
  /** Without a fault the rule only adds latency. */
  readonly fault?: string | undefined;
  readonly arg?: string | number | undefined;
  /** How many calls meet it, after which the rule is gone. */
  readonly times?: number | undefined;
  /** Which part of the calls meets it, from 0 to 1. */
  readonly share?: number | undefined;
  readonly latencyMs?: number | undefined;
}

export interface Meeting {
  readonly fault: Fault | undefined;
  readonly latencyMs: number;
}

export class FaultRules {
  private rules: { rule: FaultRule; fault: Fault | undefined; seen: number; met: number }[] = [];

  /** A rule for the same provider and model takes the old one's place. A string says what is wrong. */
  set(rule: FaultRule): string | undefined {
    const fault = rule.fault === undefined ? undefined : readFault(rule.fault, rule.arg?.toString());
    if (typeof fault === "string") return fault;
    this.rules = this.rules.filter(({ rule: old }) => old.provider !== rule.provider || old.model !== rule.model);
    this.rules.push({ rule, fault, seen: 0, met: 0 });
    return undefined;
  }

  clear(provider?: string): void {
    this.rules = provider === undefined ? [] : this.rules.filter(({ rule }) => rule.provider !== provider);
  }

  list(): (FaultRule & { readonly met: number })[] {
    return this.rules.map(({ rule, met }) => ({ ...rule, met }));
  }

  /** The fault for this call; counts it. A string: the model name asks for a fault that does not exist. */
  meet(provider: string, model: string | undefined): Meeting | string {
    const named = faultInName(model ?? "");
    if (typeof named === "string") return named;
    const rule = this.rules.find(
      (each) =>
        (each.rule.provider === provider || each.rule.provider === "*") &&
        (each.rule.model === undefined || each.rule.model === model),
    );
    if (rule === undefined || !fires(rule)) return { fault: named, latencyMs: 0 };
    rule.met += 1;
    if (rule.rule.times !== undefined && rule.met >= rule.rule.times) {
      this.rules = this.rules.filter((each) => each !== rule);
    }
    return { fault: named ?? rule.fault, latencyMs: rule.rule.latencyMs ?? 0 };
  }
}

function fires(entry: { readonly rule: FaultRule; seen: number }): boolean {
  const share = entry.rule.share ?? 1;
  const before = Math.floor(entry.seen * share + 1e-9);
  entry.seen += 1;
  return Math.floor(entry.seen * share + 1e-9) > before;
}

/** `sim-large@cut:3`; a date after the @ belongs to the name, as in Vertex's `claude-sonnet-4@20250514`. */
function faultInName(model: string): Fault | string | undefined {
  const at = model.lastIndexOf("@");
  const suffix = at < 0 ? "" : model.slice(at + 1);
  if (suffix === "" || /^\d{8}$/.test(suffix)) return undefined;
  const colon = suffix.indexOf(":");
  return colon < 0 ? readFault(suffix, undefined) : readFault(suffix.slice(0, colon), suffix.slice(colon + 1));
}
