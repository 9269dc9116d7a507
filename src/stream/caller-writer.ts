import type { Clock } from "../lib/clock.ts";
import { connectionLost, type StreamLimits } from "./what-broke.ts";

/** The caller's end of a stream, for a caller that may be slow, or gone. */
export interface CallerWriter {
  /** False: nobody reads any more. */
  write(events: string | Uint8Array): Promise<boolean>;
  /** The last events, and the end. The caller has `drainMs` to take them. False: it did not. */
  finish(events: string | Uint8Array): Promise<boolean>;
  /** The connection breaks: the caller must not take what it has for a whole answer. Without effect once finished. */
  abort(): void;
}

export function callerWriter(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  clock: Clock,
  limits: Pick<StreamLimits, "maxStreamMs" | "drainMs">,
): CallerWriter {
  // A caller that has stopped reading holds up nobody but itself, and not for ever.
  let giveUp = clock.after(limits.maxStreamMs + limits.drainMs, abort);

  function abort(): void {
    giveUp();
    // Closed already, or nobody is there to see it.
    void writer.abort(connectionLost()).catch(() => undefined);
  }

  async function write(events: string | Uint8Array): Promise<boolean> {
    const bytes = typeof events === "string" ? new TextEncoder().encode(events) : events;
    return bytes.byteLength === 0 || (await taken(writer.write(bytes)));
  }

  async function finish(events: string | Uint8Array): Promise<boolean> {
    giveUp();
    giveUp = clock.after(limits.drainMs, abort);
    const finished = (await write(events)) && (await taken(writer.close()));
    giveUp();
    return finished;
  }

  return { write, finish, abort };
}

/** Writing fails only when nobody reads any more. */
function taken(written: Promise<void>): Promise<boolean> {
  return written.then(
    () => true,
    () => false,
  );
}
