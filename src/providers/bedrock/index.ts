import { createEventStreamParser } from "../../lib/event-stream.ts";
import type { Provider } from "../provider.ts";
import { cannotDo } from "./cannot-do.ts";
import { fromError } from "./from-error.ts";
import { fromResponse } from "./from-response.ts";
import { fromStream } from "./from-stream.ts";
import { claudeIn } from "./model.ts";
import { toRequest } from "./to-request.ts";

export const bedrock: Provider = {
  id: "bedrock",
  cannotDo,
  takesPrefill: (model) => claudeIn(model)?.takesPrefill ?? false,
  toRequest,
  eventParser: () => createEventStreamParser(),
  fromResponse,
  fromStream,
  fromError,
};
