import type { HttpReply, Received } from "../wire-format.ts";
import { errorReply, wrongKey } from "./errors.ts";

/** `x-goog-api-key` only: Google takes `?key=` too, but Lisbon is never to put a key into a URL. */
export function authorise({ headers }: Received): HttpReply | undefined {
  const key = headers["x-goog-api-key"] ?? "";
  if (key === "bad") return wrongKey();
  if (key !== "") return undefined;
  return errorReply(
    403,
    "PERMISSION_DENIED",
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  );
}
