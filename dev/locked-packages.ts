/**
 * Is the lockfile complete for every platform? npm writes one without the
 * packages of platforms that the registry lacked at that moment, and `npm ci`
 * then fails for everybody else.
 */
import * as z from "zod";

const Lockfile = z.looseObject({
  packages: z.record(z.string(), z.looseObject({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
});

/** What is wanted but not locked, such as `@cloudflare/workerd-darwin-64 (wanted by workerd)`. */
export function missingFromLockfile(text: string): readonly string[] {
  const { packages } = Lockfile.parse(JSON.parse(text));
  const locked = new Set(Object.keys(packages).map(packageName));
  return Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {})
      .filter((name) => !locked.has(name))
      .map((name) => `${name} (wanted by ${packageName(path) || "package.json"})`),
  );
}

function packageName(path: string): string {
  return path.split("node_modules/").at(-1) ?? "";
}
