/**
 * Every way in which the local QStash can misbehave: the one list, with what each
 * does. A new fault does not compile until it has a row. Those of `calls` meet
 * whoever calls the API, those of `deliveries` what is delivered.
 */
export type CallFault = "down" | "429-burst" | "429-daily" | "412" | "500" | "lose-answer";
export type DeliveryFault =
  | "drop"
  | "late"
  | "reorder"
  | "twice"
  | "again"
  | "replay"
  | "skew"
  | "unsigned"
  | "forge"
  | "tamper"
  | "other-url";
export type FaultName = CallFault | DeliveryFault;

interface FaultRow {
  readonly meets: "calls" | "deliveries";
  readonly does: string;
  /** For faults that take milliseconds: what they are by default. */
  readonly ms?: number;
}

export const faults = {
  down: {
    meets: "calls",
    does: "Every call's connection is closed without a byte, and nothing is delivered until the fault has ended.",
  },
  "429-burst": { meets: "calls", does: "Too many calls in a second: 429 with Burst-RateLimit-*." },
  "429-daily": {
    meets: "calls",
    does: "The daily quota is used up: 429 with RateLimit-*, whose reset is midnight UTC.",
  },
  "412": { meets: "calls", does: "A limit of the plan: 412." },
  "500": { meets: "calls", does: "Internal error." },
  "lose-answer": { meets: "calls", does: "The call is carried out, then its connection is closed without an answer." },
  drop: { meets: "deliveries", does: "The message is kept and never delivered." },
  late: { meets: "deliveries", does: "Delivered so much later than it was due.", ms: 60_000 },
  reorder: { meets: "deliveries", does: "Delivered only after another message that was due later." },
  twice: { meets: "deliveries", does: "Delivered twice at once, each copy with a signature of its own." },
  again: { meets: "deliveries", does: "Delivered once more, signed anew, so much after its answer.", ms: 0 },
  replay: {
    meets: "deliveries",
    does: "Somebody sends the same request with the same signature, so much after its answer.",
    ms: 0,
  },
  skew: {
    meets: "deliveries",
    does: "Signed by a clock that is so much ahead, or behind with a minus: by default past its five minutes.",
    ms: -301_000,
  },
  unsigned: { meets: "deliveries", does: "Before the true delivery somebody sends it without a signature." },
  forge: { meets: "deliveries", does: "Before the true delivery somebody sends it signed with a key of his own." },
  tamper: { meets: "deliveries", does: "Before the true delivery somebody sends its signature with another body." },
  "other-url": { meets: "deliveries", does: "Before the true delivery somebody sends one signed for another URL." },
} as const satisfies Record<FaultName, FaultRow>;

export interface FaultRule {
  readonly fault: FaultName;
  /** Only calls or destinations whose URL contains this. */
  readonly url?: string;
  /** Ends after so many; without it, when it is cleared. */
  readonly times?: number;
  readonly ms?: number;
}

export interface Met<Name extends FaultName> {
  readonly name: Name;
  readonly ms: number;
}

/** The faults that are set; the newest that fits is met. */
export class FaultRules {
  private rules: { readonly rule: FaultRule; met: number }[] = [];

  /** Throws on what is no fault: that is a bug in the test. */
  set(rule: FaultRule): void {
    const row: FaultRow | undefined = faults[rule.fault];
    if (row === undefined) throw new Error(`no fault is named ${rule.fault}; known: ${Object.keys(faults).join(", ")}`);
    if (rule.ms !== undefined && row.ms === undefined) throw new Error(`${rule.fault} takes no ms`);
    this.rules.unshift({ rule, met: 0 });
  }

  clear(name?: FaultName): void {
    this.rules = this.rules.filter(({ rule }) => name !== undefined && rule.fault !== name);
  }

  /** As a whole; one that is down for certain calls goes on delivering. */
  isDown(): boolean {
    return this.rules.some(
      ({ rule, met }) => rule.fault === "down" && rule.url === undefined && met < (rule.times ?? Infinity),
    );
  }

  meetCall(url: string): Met<CallFault> | undefined {
    return this.meet(url, isCallFault);
  }

  meetDelivery(url: string): Met<DeliveryFault> | undefined {
    return this.meet(url, isDeliveryFault);
  }

  private meet<Name extends FaultName>(url: string, kind: (name: FaultName) => name is Name): Met<Name> | undefined {
    for (const entry of this.rules) {
      const { rule } = entry;
      if (entry.met >= (rule.times ?? Infinity) || !url.includes(rule.url ?? "") || !kind(rule.fault)) continue;
      entry.met += 1;
      const row: FaultRow = faults[rule.fault];
      return { name: rule.fault, ms: rule.ms ?? row.ms ?? 0 };
    }
    return undefined;
  }
}

function isCallFault(name: FaultName): name is CallFault {
  return faults[name].meets === "calls";
}

function isDeliveryFault(name: FaultName): name is DeliveryFault {
  return faults[name].meets === "deliveries";
}
