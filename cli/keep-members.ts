/**
 * A class of a package's bundle with only the members that we call. The two
 * Upstash clients hang every command of theirs on one class, where no bundler
 * can see that we use six of two hundred. What stays is their own code, and a
 * package that has changed its shape ends the build.
 * docs/decisions/2026-11-21-the-upload-is-made-here.md
 */
import { readFile } from "node:fs/promises";
import { type Class, parse } from "acorn";
import type { Plugin } from "esbuild";

export interface KeptClass {
  /** Of the files that define it. */
  readonly files: RegExp;
  readonly name: string;
  readonly members: readonly string[];
}

const QSTASH = /@upstash[\\/]qstash[\\/]chunk-\w+\.mjs$/;

/** What `src/budget/redis-flags.ts` and `src/jobs/qstash-publisher.ts` call, and what those calls need. */
export const KEPT: readonly KeptClass[] = [
  {
    files: /@upstash[\\/]redis[\\/]chunk-\w+\.mjs$/,
    name: "Redis",
    members: "constructor client opts enableTelemetry enableAutoPipelining addTelemetry mget mset set del scan".split(
      " ",
    ),
  },
  // Its way to make a client of the environment, which the Worker's own settings are.
  { files: /@upstash[\\/]redis[\\/]cloudflare\.mjs$/, name: "Redis2", members: ["constructor"] },
  { files: QSTASH, name: "Client", members: ["constructor", "http", "token", "publish"] },
  {
    files: QSTASH,
    name: "HttpClient",
    members:
      "baseUrl authorization options devMode retry headers telemetryHeaders constructor request requestWithBackoff processRequest checkResponse getResponseError".split(
        " ",
      ),
  },
];

/** QStash's client can download and start a server for development; ours is always told `devMode: false`. */
const NOT_CALLED = { files: QSTASH, name: "ensureDevelopmentServer" };

export const keptMembers: Plugin = {
  name: "kept-members",
  setup(build) {
    const found = new Set<string>();
    build.onLoad({ filter: /@upstash[\\/]/ }, async ({ path }) => {
      const here = KEPT.filter(({ files }) => files.test(path));
      if (here.length === 0) return null;
      let contents = await readFile(path, "utf8");
      for (const kept of here) {
        const smaller = keepMembers(contents, kept);
        if (smaller === null) continue;
        found.add(kept.name);
        contents = smaller;
      }
      if (NOT_CALLED.files.test(path)) contents = withoutBody(contents, NOT_CALLED.name);
      return { contents };
    });
    build.onEnd(({ metafile }) => {
      const used = Object.keys(metafile?.inputs ?? {});
      const lost = KEPT.find(({ files, name }) => !found.has(name) && used.some((path) => files.test(path)));
      if (lost) throw new Error(`no class ${lost.name} in ${String(lost.files)}: has the package changed its shape?`);
    });
  },
};

/** `var name = async () => { … }` at the top of a module does nothing any more. A module without it stays as it is. */
export function withoutBody(source: string, name: string): string {
  for (const node of variablesOf(source)) {
    if (node.id.type !== "Identifier" || node.id.name !== name || !node.init) continue;
    return `${source.slice(0, node.init.start)}async () => {}${source.slice(node.init.end)}`;
  }
  return source;
}

/** Null: this file has no such class. Throws where the class lacks one of the members. */
export function keepMembers(source: string, { name, members }: Omit<KeptClass, "files">): string | null {
  const found = classNamed(name, source);
  if (found === null) return null;
  const all = found.body.body.map((node) => ({ name: nameOf(node), start: node.start, end: node.end }));
  const lacks = members.find((member) => !all.some((one) => one.name === member));
  if (lacks !== undefined)
    throw new Error(`the class ${name} has no member ${lacks}: has the package changed its shape?`);
  let kept = source;
  for (const { name: member, start, end } of all.toReversed()) {
    if (!members.includes(member)) kept = kept.slice(0, start) + kept.slice(end);
  }
  return kept;
}

/** `var Name = class { … }` at the top of a module, as both packages are bundled. */
function classNamed(name: string, source: string): Class | null {
  for (const node of variablesOf(source)) {
    if (node.id.type === "Identifier" && node.id.name === name && node.init?.type === "ClassExpression")
      return node.init;
  }
  return null;
}

function variablesOf(source: string) {
  const { body } = parse(source, { ecmaVersion: "latest", sourceType: "module" });
  return body.flatMap((node) => (node.type === "VariableDeclaration" ? node.declarations : []));
}

function nameOf(node: Class["body"]["body"][number]): string {
  if (node.type === "StaticBlock") return "static";
  return node.key.type === "Identifier" ? node.key.name : "";
}
