/** One call to the router: signed in, its notices told, sent a second time where only the token was too old. */
import type { Credentials } from "./credentials.ts";
import { fieldsOf, parsedJson, textIn } from "./fields.ts";
import { type Notice, noticeOf } from "./notice.ts";
import { orAborted } from "./or-aborted.ts";
import { type Fetch, type RouterCall, send, withHeaders } from "./router-call.ts";

/** Rejects as `fetch` does. */
export type AskRouter = (call: RouterCall) => Promise<Response>;

export interface AskOptions {
  readonly credentials: Credentials;
  readonly fetch: Fetch;
  readonly onNotice: (notice: Notice) => void;
}

export function routerAsker({ credentials, fetch, onNotice }: AskOptions): AskRouter {
  return async (call) => {
    const token = await orAborted(credentials.current(), call.signal);
    const response = await send(signedIn(call, token), fetch);
    const newer = (await refusesToken(response)) ? credentials.newerThan(token) : null;
    if (newer === null) return told(response);
    const fresh = await orAborted(newer, call.signal);
    return told(await send(signedIn(call, fresh), fetch));
  };

  function told(response: Response): Response {
    const notice = noticeOf(response);
    // Apart from the call: what the app's own code throws is no failure of the router's.
    if (notice !== null) queueMicrotask(() => onNotice(notice));
    return response;
  }
}

function signedIn(call: RouterCall, token: string): RouterCall {
  const signed = withHeaders(call, { authorization: `Bearer ${token}` });
  // Anthropic's SDKs send the key that they were made with; there is none to send.
  signed.headers.delete("x-api-key");
  return signed;
}

/** 401s that another token may mend. */
const OLD_TOKEN: ReadonlySet<string | null> = new Set(["unauthorized", "token_expired", "invalid_api_key"]);

async function refusesToken(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const body = fieldsOf(parsedJson(await response.clone().text()));
  return OLD_TOKEN.has(textIn(fieldsOf(body["error"]), "code"));
}
