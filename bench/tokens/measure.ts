/** The estimate against the real tokenizers, text by text. */
import { readdirSync, readFileSync } from "node:fs";
import { countTokens as countOlder } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as countNewer } from "gpt-tokenizer/encoding/o200k_base";
import { estimateTextTokens } from "../../src/ledger/estimate-tokens.ts";
import { fewestTextTokens } from "../../src/ledger/fewest-tokens.ts";

/** The weights were fitted to the first; the second was only looked at. */
export const SETS = ["fitting", "held-out"] as const;
export type SampleSet = (typeof SETS)[number];

export interface Measured {
  readonly set: SampleSet;
  readonly name: string;
  readonly characters: number;
  readonly newer: Count;
  readonly older: Count;
  /** What it has at least, whoever counts. */
  readonly fewest: number;
}

export interface Count {
  readonly real: number;
  readonly estimated: number;
  /** Estimated by real: over 1 is too many, under 1 too few. */
  readonly ratio: number;
}

export function measureAll(): readonly Measured[] {
  return SETS.flatMap((set) => {
    const folder = new URL(`samples/${set}/`, import.meta.url);
    return readdirSync(folder).map((file) => {
      const text = readFileSync(new URL(file, folder), "utf8");
      return {
        set,
        name: file.replace(/\.txt$/, ""),
        characters: text.length,
        newer: count(countNewer(text), estimateTextTokens(text, "openai")),
        older: count(countOlder(text), estimateTextTokens(text, "other")),
        fewest: fewestTextTokens(text),
      };
    });
  });
}

function count(real: number, estimated: number): Count {
  return { real, estimated, ratio: estimated / real };
}
