/**
 * Vectors of the embeddings route that the map names: one request, two seconds, and no second try, for the cache does
 * without. https://platform.openai.com/docs/api-reference/embeddings/create
 */
import * as z from "zod/mini";
import type { EmbeddingsRoute } from "../domain/routing.ts";
import type { Clock } from "../lib/clock.ts";
import type { Fetch } from "../lib/fetch.ts";
import { inTime } from "../lib/in-time.ts";
import { readTextWithin } from "../lib/read-text.ts";
import type { AskVector } from "./cache-port.ts";
import { quantised } from "./vectorise.ts";

const LIMIT_MS = 2_000;
/** Text of 3,072 numbers is some 70 KB. */
const MOST_BYTES = 262_144;
/** A byte each, 10,000 of them in memory: 30 MB of the 128 that an isolate has. */
const MOST_DIMENSIONS = 3_072;

const Answer = z.looseObject({ data: z.tuple([z.looseObject({ embedding: z.array(z.number()) })]) });

export interface EmbeddingsOutside {
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** What it makes never rejects, and is null after two seconds at the latest. */
export function askEmbeddings(route: EmbeddingsRoute, outside: EmbeddingsOutside): AskVector {
  const { baseUrl, key, model, dimensions, headers, host } = route;
  // Another model, another size or another host makes other vectors.
  const by = `${host}/${model}${dimensions === null ? "" : `/${dimensions}`}`;
  return async (text) => {
    const stop = new AbortController();
    const asked = async (): Promise<Int8Array | null> => {
      const response = await outside.fetch(`${baseUrl}/embeddings`, {
        method: "POST",
        redirect: "manual",
        signal: stop.signal,
        headers: {
          "content-type": "application/json",
          ...(key !== null && { authorization: `Bearer ${key}` }),
          ...headers,
        },
        body: JSON.stringify({
          model,
          input: text,
          encoding_format: "float",
          ...(dimensions !== null && { dimensions }),
        }),
      });
      const body = await readTextWithin(response, MOST_BYTES);
      if (response.status !== 200 || body === null) return null;
      const [{ embedding }] = Answer.parse(JSON.parse(body)).data;
      return embedding.length > MOST_DIMENSIONS ? null : quantised(embedding);
    };
    try {
      const bytes = await inTime(outside.clock, LIMIT_MS, asked());
      return bytes && { by, bytes };
    } catch {
      // Away, too slow or no embeddings server at all: the embedded vectors are there.
      return null;
    } finally {
      stop.abort();
    }
  };
}
