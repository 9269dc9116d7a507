import type { Provider } from "../provider.ts";
import { cannotDo } from "./cannot-do.ts";
import { fromError } from "./from-error.ts";
import { fromResponse } from "./from-response.ts";
import { fromStream } from "./from-stream.ts";
import { claudeModel } from "./model.ts";
import { toRequest } from "./to-request.ts";

export const anthropic: Provider = {
  id: "anthropic",
  cannotDo,
  takesPrefill: (model) => claudeModel(model).takesPrefill,
  toRequest,
  fromResponse,
  fromStream,
  fromError,
};
