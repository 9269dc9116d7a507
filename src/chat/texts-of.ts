import type { Deps } from "../deps.ts";
import type { Call } from "../domain/call.ts";
import { TEXTS, type Texts } from "../domain/texts.ts";

/** What the caller of this call reads; a job's own run has none, and writes what is for everybody. */
export function textsOf({ texts }: Pick<Call, "texts">, { routing }: Pick<Deps, "routing">): Texts {
  return texts ?? routing.texts.get("*") ?? TEXTS;
}
