/** Every link of every page leads somewhere: files that are there, headings that are so called, and decisions that are listed. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const pages = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(path));

interface Link {
  readonly page: string;
  readonly to: string;
}

const links: readonly Link[] = pages.flatMap((page) =>
  [...prose(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, to = ""]) => ({ page, to })),
);

describe("the links of the pages", () => {
  it("lead to files that there are", () => {
    expect(links.length).toBeGreaterThan(150);
    expect(links.filter(({ page, to }) => !existsSync(target(page, to)))).toEqual([]);
  });

  it("lead to headings that there are", () => {
    const lost = links.filter(({ page, to }) => {
      const [, anchor] = to.split("#");
      return anchor !== undefined && !anchorsOf(target(page, to)).includes(anchor);
    });

    expect(links.filter(({ to }) => to.includes("#")).length).toBeGreaterThan(10);
    expect(lost).toEqual([]);
  });

  it.each([
    ["## The game day, once a quarter", "the-game-day-once-a-quarter"],
    ["### `hot`, `warm`, `smaller`", "hot-warm-smaller"],
  ])("go to %s as #%s", (heading, anchor) => {
    expect(anchorOf(heading)).toBe(anchor);
  });
});

describe("the list of decisions", () => {
  it("names every one of them, by its title", () => {
    const list = readFileSync("docs/decisions/README.md", "utf8");
    const files = readdirSync("docs/decisions").filter((name) => name !== "README.md");
    const missing = files.filter((name) => {
      const [title = ""] = readFileSync(`docs/decisions/${name}`, "utf8").split("\n");
      return !list.includes(`[${title.replace(/^# /, "")}](${name})`);
    });

    expect(files.length).toBeGreaterThan(45);
    expect(missing.map((name) => `${name} is not in docs/decisions/README.md by its title`)).toEqual([]);
  });
});

/** What a page says, less its code. */
function prose(page: string): string {
  return readFileSync(page, "utf8")
    .replaceAll(/^```[^]*?^```/gm, "")
    .replaceAll(/`[^`\n]*`/g, "");
}

function target(page: string, to: string): string {
  const [path = ""] = to.split("#");
  return path === "" ? page : join(dirname(page), path);
}

function anchorsOf(page: string): readonly string[] {
  const text = readFileSync(page, "utf8").replaceAll(/^```[^]*?^```/gm, "");
  return [...text.matchAll(/^#+ .*$/gm)].map(([heading]) => anchorOf(heading));
}

/** As GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .replace(/^#+ /, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}
