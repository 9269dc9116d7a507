/**
 * Which turns of a conversation are left out where it is too long: the oldest
 * first, a tool call always together with its results. What says what to do is
 * kept: system messages, the user's last words, and the last turn.
 */

/** A message, as far as this matters. `results`: of the tool calls in the assistant's message before it. */
export interface Piece {
  readonly role: "system" | "user" | "assistant" | "results";
  readonly tokens: number;
}

/** For each message whether it stays; null: nothing can be left out. More than `most` tokens may remain. */
export function turnsToKeep(pieces: readonly Piece[], most: number): readonly boolean[] | null {
  const turns = turnsOf(pieces);
  const lastWords = turns.findLastIndex(({ role }) => role === "user");
  const mayGo = (place: number): boolean =>
    turns[place]?.role !== "system" && place !== lastWords && place !== turns.length - 1;

  const gone = new Set<number>();
  let tokens = pieces.reduce((sum, piece) => sum + piece.tokens, 0);
  for (const [place, turn] of turns.entries()) {
    if (tokens <= most) break;
    if (!mayGo(place)) continue;
    gone.add(place);
    tokens -= turn.tokens;
  }
  if (gone.size === 0) return null;

  // A conversation begins with the user: https://platform.claude.com/docs/en/api/messages
  for (const [place, { role }] of turns.entries()) {
    if (role === "system" || gone.has(place)) continue;
    if (role === "user" || !mayGo(place)) break;
    gone.add(place);
  }
  return turns.flatMap(({ size }, place) => Array.from({ length: size }, () => !gone.has(place)));
}

interface TurnOfPieces extends Piece {
  /** How many messages it is. */
  readonly size: number;
}

function turnsOf(pieces: readonly Piece[]): readonly TurnOfPieces[] {
  const turns: TurnOfPieces[] = [];
  for (const { role, tokens } of pieces) {
    const before = turns.at(-1);
    if (role === "results" && before !== undefined) {
      turns[turns.length - 1] = { ...before, tokens: before.tokens + tokens, size: before.size + 1 };
    } else {
      turns.push({ role, tokens, size: 1 });
    }
  }
  return turns;
}
