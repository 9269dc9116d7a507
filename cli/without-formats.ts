/**
 * `@cfworker/json-schema` without its table of formats. The Worker takes `format`
 * out of every schema before it is walked (`src/quality/bounded-schema.ts`), for
 * a format is a regular expression. docs/decisions/2026-11-21-the-upload-is-made-here.md
 */
import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

const FORMATS = /@cfworker[\\/]json-schema[\\/]dist[\\/]esm[\\/]format\.js$/;

export const withoutFormats: Plugin = {
  name: "without-formats",
  setup(build) {
    build.onLoad({ filter: FORMATS }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!text.includes("export const format = {")) throw new Error(`${path} has changed its shape`);
      return { contents: "export const format = {};" };
    });
  },
};
