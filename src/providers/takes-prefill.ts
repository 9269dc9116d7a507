import type { Route } from "../domain/route.ts";
import { providers } from "./all.ts";

/** Is an answer that was begun put at the end of the conversation? By the map's word, else as the provider knows. */
export function takesPrefill(route: Route, refused: ReadonlySet<string>): boolean {
  return !refused.has(route.id) && (route.prefill ?? providers[route.api].takesPrefill(route.model));
}
