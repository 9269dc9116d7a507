import type { Provider } from "../provider.ts";
import { cannotDo } from "./cannot-do.ts";
import { fromError } from "./from-error.ts";
import { fromResponse } from "./from-response.ts";
import { fromStream } from "./from-stream.ts";
import { toRequest } from "./to-request.ts";

export const gemini: Provider = {
  id: "gemini",
  cannotDo,
  // Google documents no such thing, and some of its models answer anew.
  takesPrefill: () => false,
  toRequest,
  fromResponse,
  fromStream,
  fromError,
};
