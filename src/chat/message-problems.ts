/**
 * Where a conversation parts tool calls from their results, in either dialect:
 * one walk, and nothing is judged that OpenAI itself would take. What it
 * refuses, as Anthropic, Gemini and Mistral do in their own words:
 *
 * - "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'"
 *   https://github.com/miurla/morphic/issues/136
 * - "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'"
 *   https://github.com/agno-agi/agno/issues/3105; nothing may stand in between
 *   https://joseferben.com/posts/openai-tool-calls-must-be-followed-by-tool-messages/
 * - "Duplicate value for 'tool_call_id' of … in messages[7] and messages[8]"
 *   https://github.com/agno-agi/agno/issues/5116
 *
 * Servers that number their calls anew in each turn say the same id again later on
 * (https://github.com/NousResearch/hermes-agent/pull/88324), so an id counts for one turn only. The order of all
 * other roles is free at OpenAI, so it is here.
 */

/** A message, as far as its calls and results go. */
export interface Turn {
  readonly role: "assistant" | "results" | "other" | "ignored";
  readonly calls: readonly Mark[];
  readonly results: readonly Mark[];
}

/** `place`: of the call or result within its message. */
export interface Mark {
  readonly id: string;
  readonly place: number;
}

export interface MessageProblem {
  readonly what: "orphan" | "repeated" | "unanswered" | "same_id";
  /** Index of the message. */
  readonly at: number;
  readonly place: number;
  readonly id: string;
  /** `unanswered`: the message that came instead; null: the conversation ends. */
  readonly before: number | null;
}

/** `runs`: turns of one role that follow each other are one, as Anthropic has it. */
export function messageProblems(turns: Iterable<Turn>, { runs }: { readonly runs: boolean }): MessageProblem[] {
  const problems: MessageProblem[] = [];
  /** Calls of the last assistant turn that have no result yet, and those that have. */
  const open = new Map<string, { readonly at: number; readonly place: number }>();
  const answered = new Set<string>();
  let last: Turn["role"] = "other";
  let at = -1;
  const close = (before: number | null): void => {
    for (const [id, call] of open) problems.push({ what: "unanswered", ...call, id, before });
    open.clear();
    answered.clear();
  };
  for (const { role, calls, results } of turns) {
    at++;
    if (role === "ignored") continue;
    if (role === "assistant" ? !(runs && last === "assistant") : role === "other" && !runs) close(at);
    for (const { id, place } of results) {
      if (open.delete(id)) answered.add(id);
      else problems.push({ what: answered.has(id) ? "repeated" : "orphan", at, place, id, before: null });
    }
    for (const { id, place } of calls) {
      // OpenAI takes it where one result follows, Anthropic does not: https://github.com/latitude-dev/latitude-llm/pull/1840
      if (open.has(id)) problems.push({ what: "same_id", at, place, id, before: null });
      else open.set(id, { at, place });
    }
    last = role;
  }
  // Calls that nothing follows are for their provider to judge.
  if (last !== "assistant") close(null);
  return problems;
}
