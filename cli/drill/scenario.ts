/** What a drill does and what it expects: a file in `drills/`, or one of your own. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { readFault } from "../../src/domain/injected-fault.ts";
import { NOTICE_KINDS } from "../../src/domain/notice.ts";
import { fail, ok, type Result } from "../../src/lib/result.ts";

const DRILLS = fileURLToPath(new URL("../../drills/", import.meta.url));

const percent = z.number().min(0).max(100);
const text = z.string().min(1).max(500);

const ProviderFault = z.strictObject({
  /** `hot`, `warm`, `all`, a route's id, or its beginning and a star. */
  on: z.string().min(1),
  /** As `x-lisbon-fault` takes it: `slow:3000;share=50`. */
  fault: z.string().superRefine((written, ctx) => {
    const read = readFault(written);
    if (!read.ok) ctx.addIssue({ code: "custom", message: read.failure });
  }),
  fromSecond: z.number().min(0),
  toSecond: z.number().positive(),
});

/** Only on this machine: nobody takes a deployment's Redis away from outside. */
const ServiceFault = z.strictObject({
  away: z.enum(["redis", "qstash"]),
  fromSecond: z.number().min(0),
  toSecond: z.number().positive(),
});

export type DrillFault = z.infer<typeof ProviderFault> | z.infer<typeof ServiceFault>;

export const Scenario = z
  .strictObject({
    $schema: z.string().optional(),
    title: text,
    /** What is done, for whoever reads the report. */
    what: text,
    /** How long calls are made. Ten minutes at most: injected faults end by themselves after fifteen. */
    seconds: z.number().min(1).max(600),
    load: z.strictObject({
      perSecond: z.number().min(0.1).max(20),
      /** In per cent of the calls. */
      streamed: percent,
      /** A kind, a model, or `auto`. */
      model: z.string().default("auto"),
    }),
    faults: z.array(z.union([ProviderFault, ServiceFault])).min(1),
    /** How long parked calls, circuits and notices may take once the faults are gone. */
    settleSeconds: z.number().min(0).max(600).default(60),
    expect: z.strictObject({
      /** Per cent of the calls that are answered at once, at least. */
      answeredPercent: percent,
      hotPercent: percent.optional(),
      warmPercent: percent.optional(),
      /** So many calls at least are parked: the scenario is about them. */
      queued: z.number().int().min(1).optional(),
      /** At most; 0 where nothing is said. */
      refusedPercent: percent.default(0),
      /** Of the calls that were answered at once, until their end. */
      p95Ms: z.number().positive().optional(),
      longestMs: z.number().positive().optional(),
      /** Each must be told, and arrive. */
      notices: z.array(z.enum(NOTICE_KINDS)).default([]),
    }),
  })
  .superRefine(({ faults, seconds }, ctx) => {
    for (const { fromSecond, toSecond } of faults) {
      if (fromSecond >= toSecond || toSecond > seconds) {
        ctx.addIssue({ code: "custom", message: `a fault lasts from ${fromSecond} to ${toSecond} of ${seconds} s` });
      }
    }
  });
export type Scenario = z.infer<typeof Scenario>;

export interface NamedScenario extends Scenario {
  readonly name: string;
}

/** The names in `drills/`. */
export function shippedScenarios(): readonly string[] {
  return readdirSync(DRILLS)
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .toSorted();
}

/** By its name in `drills/`, or a file of one's own. */
export function readScenario(nameOrFile: string): Result<NamedScenario, string> {
  const own = nameOrFile.endsWith(".json");
  if (!own && !shippedScenarios().includes(nameOrFile)) {
    return fail(`no scenario is named ${nameOrFile}; there are ${shippedScenarios().join(", ")}, or a .json file`);
  }
  const file = own ? nameOrFile : join(DRILLS, `${nameOrFile}.json`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    return fail(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const parsed = Scenario.safeParse(content);
  return parsed.success
    ? ok({ ...parsed.data, name: basename(file, ".json") })
    : fail(`${file}: ${z.prettifyError(parsed.error)}`);
}

/** The same in another time: faults begin and end in proportion. */
export function scaledTo(seconds: number, scenario: NamedScenario): NamedScenario {
  const factor = seconds / scenario.seconds;
  return {
    ...scenario,
    seconds,
    faults: scenario.faults.map((each) => ({
      ...each,
      fromSecond: each.fromSecond * factor,
      toSecond: each.toSecond * factor,
    })),
  };
}

/** What is done by this fault, in words. */
export function describeFault(fault: DrillFault): string {
  return "away" in fault ? `${fault.away} is away` : `${fault.on}: ${fault.fault}`;
}
