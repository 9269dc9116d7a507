/**
 * A provider that breaks off after every single byte of its answer, and another
 * that goes on: what the official clients hold is the whole answer, or a typed
 * error.
 */
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  charactersOf,
  plainText,
  textOf,
  textWithIds,
  toolCall,
  wireOf,
  type Recording,
} from "../support/cut-recordings.ts";
import { question, startCutStage, type CutStage } from "../support/cut-stage.ts";
import { judgesHere, type Dialect, type Judge, type Seen, type Way } from "../support/judges.ts";

let stage: CutStage;

beforeAll(async () => {
  stage = await startCutStage();
});

afterAll(() => stage.dispose());

/** Who is asked in which dialect, and which way the bytes go. */
const PATHS = [
  { dialect: "openai", kind: "openai", path: "pumped", answers: [plainText, textWithIds, toolCall] },
  {
    dialect: "openai",
    kind: "openai-asked",
    path: "pumped, and the next model takes no prefill",
    answers: [plainText],
  },
  { dialect: "openai", kind: "openai-checked", path: "checked", answers: [plainText, toolCall] },
  { dialect: "openai", kind: "from-claude", path: "translated", answers: [plainText, toolCall] },
  { dialect: "openai", kind: "to-claude", path: "pumped, then translated", answers: [plainText] },
  { dialect: "anthropic", kind: "claude", path: "pumped", answers: [plainText, toolCall] },
  { dialect: "anthropic", kind: "claude-checked", path: "checked", answers: [plainText, toolCall] },
  { dialect: "anthropic", kind: "to-claude", path: "translated", answers: [plainText, toolCall] },
  { dialect: "anthropic", kind: "from-claude", path: "pumped, then translated", answers: [plainText] },
] as const;

/** What is not pumped is written by one pen, whoever reads it: there Node's clients read every cut, Python's the pumped ones. */
const PUMPED: ReadonlySet<string> = new Set(["openai", "claude"]);

describe.each(await judgesHere())("a caller with $language's official clients", ({ language, start }) => {
  let judge: Judge;

  beforeAll(() => {
    judge = start();
  });

  afterAll(() => judge.stop());

  const paths = PATHS.filter(({ kind }) => language === "Node" || PUMPED.has(kind));
  describe.each(paths)("($dialect, $kind: $path)", ({ dialect, kind, answers }) => {
    const ask = (way: Way, recording: Recording, at: number): Promise<Seen> => {
      const body = { model: kind, max_tokens: 100, messages: [{ role: "user", content: question(recording, at) }] };
      return judge.see({ dialect, way, baseUrl: stage.url, apiKey: stage.key, body });
    };

    it.each(answers)("holds the whole answer or a typed error, wherever it is cut: $name", async (recording) => {
      const way = recording.input === null ? "stream" : "accumulate";
      const { length } = Buffer.from(wireOf(recording, kind.startsWith("claude") || kind === "from-claude"));
      const cuts = Array.from({ length: length + 1 }, (_, at) => at);
      const before = stage.cuts();
      // Plain text, and a next model that is given its beginning: that can always be gone on with.
      const isMendable = recording.input === null && kind !== "openai-asked";

      const seen = await Promise.all(cuts.map((at) => ask(way, recording, at)));

      expect(stage.cuts() - before).toBe(cuts.length);
      expect(seen.at(-1)?.error).toBeNull();
      expect(
        seen.map((each, at) => wrongIn(each, recording, dialect, isMendable, at)).filter((wrong) => wrong !== null),
      ).toEqual([]);
    });
  });
});

function wrongIn(seen: Seen, recording: Recording, dialect: Dialect, isMendable: boolean, at: number): unknown {
  const { error, text, finish, calls } = seen;
  const wrong = (why: string): unknown => ({ at, why, seen });
  if (error !== null && !error.typed) return wrong("the error is not typed");
  if (error !== null) return isMendable ? wrong("nobody went on") : null;
  if (finish !== finishOf(recording, dialect)) return wrong("it passes for whole, and has another reason to end");
  if (!isAllOf(textOf(recording), text)) return wrong("it passes for whole, and words are missing or wrong");
  if (
    recording.input !== null &&
    !isDeepStrictEqual(JSON.parse(calls[0]?.arguments ?? "null"), JSON.parse(recording.input))
  )
    return wrong("half a tool call passes for whole");
  return null;
}

function finishOf({ input }: Recording, dialect: Dialect): string {
  if (dialect === "openai") return input === null ? "stop" : "tool_calls";
  return input === null ? "end_turn" : "tool_use";
}

/**
 * One character may be another, or one too many: the one that the cut went through, which had to become some
 * character. And white space at the seam is one space or more: the beginning that a model is given is trimmed, so it
 * may say white space again.
 */
function isAllOf(text: string, said: string): boolean {
  return isButForOne(text, said) || isButForOne(text.replaceAll(/\s+/g, " "), said.replaceAll(/\s+/g, " "));
}

function isButForOne(text: string, said: string): boolean {
  const [whole, read] = [charactersOf(text), charactersOf(said)];
  const at = read.findIndex((character, place) => character !== whole[place]);
  if (at === -1) return whole.length === read.length;
  const after = read.slice(at + 1).join("");
  return after === whole.slice(at + 1).join("") || after === whole.slice(at).join("");
}
