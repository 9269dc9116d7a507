import type { OnCold } from "../domain/kind.ts";
import type { Route } from "../domain/route.ts";
import type { CallUsage } from "../domain/call-usage.ts";
import type { AnsweredBy } from "../jobs/run-result.ts";
import type { Parked } from "../jobs/job-port.ts";
import type { LisbonNote } from "../openai/chat-chunk.ts";
import type { ChatCompletion } from "../openai/chat-completion.ts";
import type { StreamEnd } from "../stream/stream-end.ts";

/** What the caller gets; `http/chat-reply.ts` turns it into a response. */
export type Reply =
  | {
      readonly kind: "completion";
      readonly route: Route;
      readonly body: string;
      readonly usage: CallUsage;
      /** What the body says, in OpenAI's language. */
      readonly completion: ChatCompletion;
    }
  | {
      readonly kind: "stream";
      readonly route: Route;
      readonly body: ReadableStream<Uint8Array>;
      /** Resolves when the stream is over, for the log; never rejects. */
      readonly ended: Promise<StreamEnd>;
    }
  | {
      /** A job had the call: whole as text, or as a stream with `id:` lines. */
      readonly kind: "job_answer";
      readonly jobId: string;
      readonly body: string | ReadableStream<Uint8Array>;
      /** Null: a human answered. */
      readonly from: AnsweredBy | null;
    }
  | {
      /** It was given before, to this question or to one like it. */
      readonly kind: "cached";
      readonly completion: ChatCompletion;
      /** Whose answer it was. */
      readonly routeId: string;
      /** 1: the very same request. */
      readonly similarity: number;
      readonly ageMs: number;
      /** What it says of itself; `degraded` where nobody else could answer, else its kind says `"cache": "always"`. */
      readonly told: LisbonNote;
    }
  | { readonly kind: "queued"; readonly parked: Parked; readonly onCold: OnCold };
