/** Every command that a page shows is run by a test, or is listed by name as not run. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { commandsIn, documentedCommands, pages, unmarkedCommands } from "../../support/documented/commands.ts";
import { begun, ELSEWHERE, NOT_RUN, placeOf, RUN_PAGES } from "../../support/documented/proofs.ts";

const all = documentedCommands();
const WHAT_TO_DO =
  "Not placed. Have test/e2e/documented-commands.test.ts run its page (RUN_PAGES in test/support/documented/proofs.ts), " +
  "name the test that runs it (ELSEWHERE there), or list it with its reason in docs/deploy.md.";

describe("the commands of the pages", () => {
  it("are each run by a test or listed as not run", () => {
    const lost = all.filter((found) => placeOf(found) === null);

    expect(all.length).toBeGreaterThan(150);
    expect(lost.map(({ page, line, command }) => `${page}:${line} ${command}\n${WHAT_TO_DO}`)).toEqual([]);
  });

  it("stand in blocks that say what they are", () => {
    expect(pages().flatMap((page) => unmarkedCommands(page).map((line) => `${page}: ${line}`))).toEqual([]);
  });
});

describe("the places", () => {
  it.each(ELSEWHERE)("$page: $begins is a command, and $test has it", (elsewhere) => {
    expect(all.filter((found) => placeOf(found) === elsewhere)).not.toEqual([]);
    expect(existsSync(elsewhere.test)).toBe(true);
    expect(readFileSync(elsewhere.test, "utf8")).toContain(elsewhere.holds);
  });

  it.each(NOT_RUN)("%s, which is not run, stands in a page", (begins) => {
    expect(all.filter(({ command }) => begun(command, begins))).not.toEqual([]);
  });

  it.each(RUN_PAGES)("%s has commands to run", (page) => {
    expect(all.filter((found) => found.page === page && placeOf(found) === "run")).not.toEqual([]);
  });

  it("leave a new command of a page that nobody runs without one", () => {
    expect(placeOf({ page: "docs/new.md", line: 1, command: "npx lisbon status" })).toBeNull();
  });
});

describe("reading a page", () => {
  it("takes commands apart as a shell would, without comments", () => {
    const page = [
      "```sh",
      "one a   # says this",
      "two \\",
      "  -b 'c # no",
      "comment' d#e",
      "",
      'three "a \\" b"',
      "```",
      "```",
      "npm start",
      "```",
      "```console",
      "$ four \\",
      "  x",
      "what it says",
      "```",
    ].join("\n");

    expect(commandsIn(page)).toEqual([
      { line: 2, command: "one a" },
      { line: 3, command: "two -b 'c # no\ncomment' d#e" },
      { line: 7, command: 'three "a \\" b"' },
      { line: 13, command: "four x" },
    ]);
  });
});
