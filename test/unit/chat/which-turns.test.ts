/** What is left out of a conversation that is too long, and what never is. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Piece, turnsToKeep } from "../../../src/chat/which-turns.ts";

function pieces(roles: string, tokens = 10): Piece[] {
  const names = { s: "system", u: "user", a: "assistant", r: "results" } as const;
  return roles.split("").flatMap((role) => {
    const name = Object.entries(names).find(([letter]) => letter === role)?.[1];
    return name === undefined ? [] : [{ role: name, tokens }];
  });
}

/** The letters of the messages that stay, in their places. */
function kept(roles: string, most: number): string | null {
  const stays = turnsToKeep(pieces(roles), most);
  return (
    stays &&
    roles
      .split("")
      .map((role, at) => (stays[at] ? role : "-"))
      .join("")
  );
}

describe("a conversation that is too long", () => {
  it.each([
    ["loses its oldest turns", "suauau", 40, "s--uau"],
    ["begins with the user whatever was lost before", "suaauau", 60, "s---uau"],
    ["keeps what the system says wherever it stands", "suasuau", 50, "s--suau"],
    ["loses a tool call together with its results", "uarrau", 40, "-----u"],
    ["keeps what the user last wanted while its tools are called", "uauarararar", 50, "--u----arar"],
    ["keeps the last turn however long it is", "uau", 5, "--u"],
  ])("%s", (_what, roles, most, left) => {
    expect(kept(roles, most)).toBe(left);
  });

  it.each([
    ["one message", "u"],
    ["a system prompt and one message", "su"],
    ["one call with its results", "uarr"],
  ])("of %s cannot be shortened", (_what, roles) => {
    expect(kept(roles, 5)).toBeNull();
  });

  it("keeps system, the last words and the last turn, in order, and parts no call from its results", () => {
    const conversations = fc.array(fc.constantFrom("s", "u", "a", "r"), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(conversations, fc.integer({ min: 1, max: 400 }), (letters, most) => {
        const roles = letters.join("");
        const stays = turnsToKeep(pieces(roles), most);
        if (stays === null) return;

        expect(stays).toHaveLength(roles.length);
        expect(stays).toContain(false);
        expect(stays.at(-1)).toBe(true);
        const lastWords = roles.lastIndexOf("u");
        for (const [at, role] of letters.entries()) {
          if (role === "s" || at === lastWords) expect(stays[at]).toBe(true);
          if (role === "r" && at > 0) expect(stays[at]).toBe(stays[at - 1]);
        }
        const asked = letters.filter((role, at) => stays[at] && role !== "s");
        if (lastWords !== -1 && asked[0] !== "r") expect(asked[0]).toBe("u");
      }),
    );
  });
});
