/** What a source file needs, read from its text. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../../", import.meta.url));

const IMPORT =
  /^(?:import|export)\b(?<type> type\b)?[^"';]*?\bfrom "(?<from>[^"]+)"|^import "(?<plain>[^"]+)"|\bimport\("(?<later>[^"]+)"\)/gm;

export function importsIn(text: string): readonly { readonly name: string; readonly typesOnly: boolean }[] {
  return [...text.matchAll(IMPORT)].map(({ groups = {} }) => ({
    name: groups["from"] ?? groups["plain"] ?? groups["later"] ?? "",
    typesOnly: groups["type"] !== undefined,
  }));
}

export function withSlashes(path: string): string {
  return path.replaceAll("\\", "/");
}

/** The files that this one needs at run time, and what they import from elsewhere. */
export function reachedFrom(entry: string): { readonly paths: readonly string[]; readonly outside: readonly string[] } {
  const paths = new Set<string>();
  const outside: string[] = [];
  const visit = (path: string): void => {
    if (paths.has(path)) return;
    paths.add(path);
    for (const { name, typesOnly } of importsIn(readFileSync(join(repository, path), "utf8"))) {
      if (typesOnly) continue;
      if (name.startsWith(".")) visit(withSlashes(join(dirname(path), name)));
      else outside.push(name);
    }
  };
  visit(entry);
  return { paths: [...paths], outside };
}

export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}
