import { expect, it } from "vitest";
import { documentedCommands } from "../../support/documented/commands.ts";

it("the key of the machine's own Lisbon is gone from the shell before the first deploy, which would be tried with it", () => {
  const lines = documentedCommands().flatMap(({ page, command }) => (page === "docs/quick-start.md" ? [command] : []));
  const [exported, unset, deployed] = [
    /^export LISBON_API_KEY=lsb_dev/,
    /^unset .*LISBON_API_KEY/,
    /^npx lisbon deploy/,
  ].map((words) => lines.findIndex((line) => words.test(line)));

  expect([exported, unset, deployed]).toEqual(
    [exported, unset, deployed].toSorted((one = 0, other = 0) => one - other),
  );
  expect(exported).toBeGreaterThanOrEqual(0);
});
