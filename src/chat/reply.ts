import type { OnCold } from "../domain/kind.ts";
import type { Route } from "../domain/route.ts";
import type { CallUsage } from "../domain/call-usage.ts";
import type { Parked } from "../jobs/job-port.ts";
import type { StreamEnd } from "../stream/stream-end.ts";

/** What the caller gets; `http/chat-reply.ts` turns it into a response. */
export type Reply =
  | { readonly kind: "completion"; readonly route: Route; readonly body: string; readonly usage: CallUsage }
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
      readonly routeId: string | null;
    }
  | { readonly kind: "queued"; readonly parked: Parked; readonly onCold: OnCold };
