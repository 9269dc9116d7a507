/**
 * Which tools the model calls: those that the choice demands, or those that the
 * user's last words ask for by name, by "use the tool", or two with "both".
 */
import type { Question, ToolCall, ToolOffer } from "./question.ts";
import { fitSchema } from "./fit-schema.ts";
import { idFrom } from "./pick.ts";

export function chooseToolCalls(question: Question, seed: number): ToolCall[] {
  if (question.tools.length === 0 || question.toolChoice.kind === "none") return [];
  const last = question.turns.at(-1);
  const demanded = question.toolChoice.kind === "required" || question.toolChoice.kind === "named";
  // With results in hand a model speaks, unless it is made to call again.
  if (last?.role === "tool" && !demanded) return [];

  const asked = question.turns.findLast((turn) => turn.role === "user")?.text ?? "";
  const subjects = subjectsOf(asked);
  const chosen = toolsFor(question, asked, subjects.length);
  const calls = chosen.map((tool, index) => {
    const repeated = chosen.filter((other) => other.name === tool.name).length > 1;
    const about = repeated ? (subjects[index] ?? asked) : (subjects[0] ?? asked);
    const id = idFrom(`${seed} ${question.turns.length} ${index} ${tool.name}`);
    return { id, name: tool.name, input: inputFor(tool, about, seed + index) };
  });
  return question.parallelTools ? calls : calls.slice(0, 1);
}

function toolsFor(question: Question, asked: string, subjects: number): ToolOffer[] {
  const { toolChoice } = question;
  const allowed =
    toolChoice.kind === "named"
      ? question.tools.filter((tool) => toolChoice.names.includes(tool.name))
      : [...question.tools];
  const mentioned = allowed.filter((tool) => mentions(asked, tool.name));
  const both = /\bboth\b/iu.test(asked);
  const [first, second] = mentioned.length > 0 ? mentioned : allowed;
  const wanted = mentioned.length > 0 || toolChoice.kind !== "auto" || /\buse (?:the|both) tools?\b/iu.test(asked);
  if (!wanted || first === undefined) return [];
  if (mentioned.length > 1) return mentioned;
  if (!both) return [first];
  if (mentioned.length === 0 && second !== undefined) return [first, second];
  // "the weather in both Lisbon and Porto": one tool, called once for each.
  return subjects > 1 ? [first, first] : [first];
}

function mentions(asked: string, name: string): boolean {
  const text = asked.toLowerCase();
  return text.includes(name.toLowerCase()) || text.includes(name.toLowerCase().replaceAll(/[_-]/g, " "));
}

/** Names in the user's words: capitalised, and not the first word of a sentence. */
function subjectsOf(asked: string): string[] {
  return [...asked.matchAll(/(?<![.!?]\s|^)(?<=\s)\p{Lu}[\p{L}'-]+/gu)].map((match) => match[0]);
}

function inputFor(tool: ToolOffer, about: string, seed: number): Record<string, unknown> {
  const input = tool.schema === undefined ? {} : fitSchema(tool.schema, about, seed);
  return typeof input === "object" && input !== null && !Array.isArray(input) ? { ...input } : {};
}
