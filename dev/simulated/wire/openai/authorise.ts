import type { HttpReply, Received } from "../wire-format.ts";
import { errorReply, wrongKey } from "./errors.ts";

/** `Authorization: Bearer`, as OpenAI demands it; local servers, whose provider's name begins with `local`, ask for none. */
export function authorise({ provider, headers }: Received): HttpReply | undefined {
  if (provider.startsWith("local")) return undefined;
  const key = /^Bearer (.+)$/iu.exec(headers.authorization ?? "")?.[1];
  if (key === undefined) {
    return errorReply(401, {
      message:
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.",
      type: "invalid_request_error",
    });
  }
  return key === "bad" ? wrongKey(key) : undefined;
}
