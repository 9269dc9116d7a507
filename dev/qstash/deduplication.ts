/**
 * "If a message with the same deduplication ID was published in the last 10
 * minutes, the new message will be ignored."
 * https://upstash.com/docs/qstash/features/deduplication
 */
import { createHash } from "node:crypto";
import type { PublishOptions } from "./publish-headers.ts";

const WINDOW_MS = 600_000;

export class Deduplication {
  private readonly seen = new Map<string, { readonly messageId: string; readonly until: number }>();

  /** The message that this would be a second of. */
  earlier(id: string, now: number): string | undefined {
    const known = this.seen.get(id);
    return known !== undefined && now < known.until ? known.messageId : undefined;
  }

  remember(id: string, messageId: string, now: number): void {
    this.seen.set(id, { messageId, until: now + WINDOW_MS });
  }
}

/** By content: destination, body and forwarded headers. */
export function deduplicationIdOf(url: string, options: PublishOptions, body: Buffer): string | undefined {
  if (options.deduplicationId !== undefined) return `id:${options.deduplicationId}`;
  if (!options.deduplicateByContent) return undefined;
  const hash = createHash("sha256")
    .update(JSON.stringify([url, options.headers]))
    .update(body);
  return `content:${hash.digest("base64url")}`;
}
