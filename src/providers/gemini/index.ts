import type { Provider } from "../provider.ts";
import { cannotDo } from "./cannot-do.ts";
import { fromError } from "./from-error.ts";
import { fromResponse } from "./from-response.ts";
import { fromStream } from "./from-stream.ts";
import { toRequest } from "./to-request.ts";

export const gemini: Provider = { id: "gemini", cannotDo, toRequest, fromResponse, fromStream, fromError };
