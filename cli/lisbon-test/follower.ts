/** Somebody who follows a job's events, as a phone does: until the answer, or until the connection is lost. */
import { type LisbonClient, parsed } from "./lisbon-client.ts";

export interface Follower {
  /** Null: the stream ended before. */
  readonly answer: Promise<{ readonly body: unknown; readonly at: number } | null>;
  /** Resolves when the stream has ended, with the id of its last event. */
  readonly lost: Promise<string | null>;
  leave(): void;
}

export function follow(lisbon: LisbonClient, jobId: string, after: string | null): Follower {
  const leaving = new AbortController();
  const answer = Promise.withResolvers<Awaited<Follower["answer"]>>();
  const lost = read();
  return { answer: answer.promise, lost, leave: () => leaving.abort() };

  async function read(): Promise<string | null> {
    let lastId = after;
    try {
      const { events } = await lisbon.jobEvents(jobId, after, leaving.signal);
      for await (const event of events) {
        lastId = event.id ?? lastId;
        if (event.name === "answer") answer.resolve({ body: parsed(event.data), at: performance.now() });
      }
    } catch {
      // The Worker was stopped, or we left.
    }
    answer.resolve(null);
    return lastId;
  }
}
