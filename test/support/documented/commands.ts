/** The shell commands of every page that people read: what stands in blocks marked `sh`, `bash` or `console`. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface DocumentedCommand {
  readonly page: string;
  /** In the page, from 1. */
  readonly line: number;
  /** As it stands there, less comments and line continuations. */
  readonly command: string;
}

interface Block {
  /** Empty: the page says none. */
  readonly language: string;
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** What is kept in git, less what reports on the past. */
export function pages(): readonly string[] {
  const all = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
    encoding: "utf8",
  });
  return all.split("\n").filter((path) => path !== "" && path !== "CHANGELOG.md" && !path.includes("/decisions/"));
}

export function documentedCommands(): readonly DocumentedCommand[] {
  return pages().flatMap((page) =>
    commandsIn(readFileSync(page, "utf8")).map((found) => Object.assign(found, { page })),
  );
}

/** Blocks that say no language and yet begin a line with a program of ours: nobody would look at them. */
export function unmarkedCommands(page: string): readonly string[] {
  return blocksOf(readFileSync(page, "utf8"))
    .filter(({ language }) => language === "")
    .flatMap(({ lines }) => lines.filter((line) => /^(\$ )?(npm|npx|node|curl|git|redis-cli|gcloud) /.test(line)));
}

export function commandsIn(markdown: string): readonly Omit<DocumentedCommand, "page">[] {
  return blocksOf(markdown).flatMap(({ language, firstLine, lines }) => {
    if (language === "sh" || language === "bash") return splitShell(lines.join("\n"), firstLine);
    return language === "console" ? splitShell(typed(lines), firstLine) : [];
  });
}

/** Of a console only what stands behind a prompt, and the lines that go on from it. */
function typed(lines: readonly string[]): string {
  let goesOn = false;
  return lines
    .map((line) => {
      const kept = goesOn || line.startsWith("$ ") ? line.replace(/^\$ /, "") : "";
      goesOn = kept.endsWith("\\");
      return kept;
    })
    .join("\n");
}

function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { language: string; firstLine: number; lines: string[] } | null = null;
  for (const [index, line] of markdown.split("\n").entries()) {
    const fence = /^\s*```(\S*)/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === null) open = { language: fence[1] ?? "", firstLine: index + 2, lines: [] };
    else {
      blocks.push(open);
      open = null;
    }
  }
  return blocks;
}

/** One entry for each command: a quoted text may go over lines, a backslash at the end of one goes on. */
function splitShell(script: string, firstLine: number): readonly Omit<DocumentedCommand, "page">[] {
  const found: { line: number; command: string }[] = [];
  const token = /\\\n\s*|'[^']*'|"(?:\\.|[^"\\])*"|(?<comment>(?<=^|\s)#[^\n]*)|\n|[^]/gm;
  let [command, line, began] = ["", firstLine, firstLine];
  for (const { 0: text, groups } of `${script}\n`.matchAll(token)) {
    if (text === "\n") {
      if (command.trim() !== "") found.push({ line: began, command: command.trim() });
      command = "";
    } else if (text.startsWith("\\\n")) command = `${command.trimEnd()} `;
    else if (groups?.["comment"] === undefined) command += text;
    line += text.split("\n").length - 1;
    if (command.trim() === "") began = line;
  }
  return found;
}
