import { createSeam, type SeamOptions } from "../../src/stream/seam.ts";

/** What the reader is shown of a new text that comes in pieces of this size; null: nothing, but an error. */
export function shownOf(options: SeamOptions, text: string, piece = 4): string | null {
  const seam = createSeam(options);
  for (let at = 0; at < text.length; at += piece) {
    const verdict = seam.take(text.slice(at, at + piece));
    if (verdict.kind === "unproven") return null;
    if (verdict.kind === "proven") return verdict.text + text.slice(at + piece);
  }
  const last = seam.end();
  return last.kind === "proven" ? last.text : null;
}
