import type { Provider } from "../provider.ts";
import { fromError } from "./from-error.ts";
import { fromResponse } from "./from-response.ts";
import { fromStream } from "./from-stream.ts";
import { toRequest } from "./to-request.ts";

/** OpenAI, and whatever speaks its language. What such a server cannot do, it says itself, or the map does. */
export const openai: Provider = {
  id: "openai",
  cannotDo: () => null,
  // Most begin a new message instead, and do not say so.
  takesPrefill: () => false,
  toRequest,
  fromResponse,
  fromStream,
  fromError,
};
