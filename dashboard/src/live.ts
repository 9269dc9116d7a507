import { useEffect, useState } from "preact/hooks";
import { type Api, Refused } from "./api.ts";
import { readJson } from "./json.ts";
import type { LiveView } from "./view.ts";

export type Connection = "connecting" | "live" | "lost" | "refused";

export interface Live {
  readonly view: LiveView | null;
  readonly connection: Connection;
  /** When something was last heard. */
  readonly heardAtMs: number | null;
}

const AGAIN_MS = 2_000;
/** The Worker says something every two seconds, or five where an owner is slow: after this the way to it is gone. */
const SILENT_MS = 10_000;

/** The page's own clock, by the second, for everything that says how long. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Follows `/admin/live` and comes back to it for as long as the page is open; anew once something was `changed` here, for its first event comes at once. */
export function useLive(api: Api, onRefused: () => void, changed: number): Live {
  const [live, setLive] = useState<Live>({ view: null, connection: "connecting", heardAtMs: null });
  useEffect(() => {
    const over = new AbortController();
    const heard = (view: LiveView | null): void =>
      setLive((before) => ({ view: view ?? before.view, connection: "live", heardAtMs: Date.now() }));
    void follow(api, over.signal, heard, (connection) => {
      setLive((before) => ({ ...before, connection }));
      if (connection === "refused") onRefused();
    });
    return () => over.abort();
  }, [api, changed]);
  return live;
}

async function follow(
  api: Api,
  signal: AbortSignal,
  heard: (view: LiveView | null) => void,
  became: (connection: Connection) => void,
): Promise<void> {
  while (!signal.aborted) {
    const silence = silenceAfter(SILENT_MS);
    try {
      const body = await api.stream("/admin/live", AbortSignal.any([signal, silence.signal]));
      await readEvents(body, (view) => {
        silence.heard();
        heard(view);
      });
    } catch (cause) {
      if (signal.aborted) return;
      if (cause instanceof Refused && cause.status === 401) return became("refused");
      became("lost");
    } finally {
      silence.end();
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Aborts once nothing was heard for so long: a phone that changes its network is told by nobody. */
function silenceAfter(ms: number) {
  const over = new AbortController();
  const begin = () => setTimeout(() => over.abort(), ms);
  let timer = begin();
  return {
    signal: over.signal,
    heard(): void {
      clearTimeout(timer);
      timer = begin();
    },
    end: () => clearTimeout(timer),
  };
}

async function readEvents(body: ReadableStream<Uint8Array>, heard: (view: LiveView | null) => void): Promise<void> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = event.split("\n").find((line) => line.startsWith("data: "));
      heard(data === undefined ? null : readJson<LiveView>(data.slice(6)));
    }
  }
}
