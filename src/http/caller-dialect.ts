import type { DialectId } from "../domain/dialect.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Texts } from "../domain/texts.ts";
import type { Result } from "../lib/result.ts";
import type { ColdReply } from "./cold-reply.ts";
import type { ReadRequest } from "./read-chat-request.ts";

/** What differs between the callers' dialects on the HTTP side. How answers are written is the spine's. */
export interface CallerDialect {
  readonly id: DialectId;
  readonly read: (request: Request, maxBytes: number) => Promise<Result<ReadRequest, Refusal>>;
  /** `texts`: in the caller's language. */
  readonly refuse: (refusal: Refusal, headers: Record<string, string>, texts: Texts) => Response;
  /** What a caller gets whose call is parked. */
  readonly cold: (reply: ColdReply, headers: Record<string, string>) => Response;
}
