import type { Route } from "../domain/route.ts";

/**
 * What every provider is sent. No compression: a stream's bytes are pumped
 * through as they are, and gzip would be unpacked and packed again on the way.
 * The map's own headers come last: a gateway may want another version or key.
 */
export function headersFor(route: Route, own: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "accept-encoding": "identity",
    ...own,
  };
  for (const [name, value] of Object.entries(route.headers)) headers[name.toLowerCase()] = value;
  return headers;
}
