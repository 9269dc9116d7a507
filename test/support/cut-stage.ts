/** The real Worker with providers that break off after the byte that the question names, and others that go on. */
import * as z from "zod";
import { recordings, wireOf, type Recording } from "./cut-recordings.ts";
import { startIsolates } from "./isolates.ts";
import { beginStream, startScriptedProvider } from "./scripted-provider.ts";
import { KEY_SECRET, serverKey } from "./server-keys.ts";

export interface CutStage {
  readonly url: string;
  readonly key: string;
  /** How often an answer was cut so far. */
  cuts(): number;
  dispose(): Promise<void>;
}

const Message = z.looseObject({ role: z.string(), content: z.unknown() });
const Asked = z.looseObject({ messages: z.array(Message) });

/** A caller asks so for this recording, cut after `at` bytes. */
export const question = ({ name }: Recording, at: number): string => `cut ${name} ${at}.`;

export async function startCutStage(): Promise<CutStage> {
  let cuts = 0;
  const provider = await startScriptedProvider();
  provider.play((response, request, body) => {
    const { messages } = Asked.parse(JSON.parse(body));
    const [, name, at] = /cut ([\w-]+) (\d+)\./.exec(body) ?? [];
    const recording = recordings.find((one) => one.name === name);
    if (recording === undefined) return void response.writeHead(400).end();
    const [, what = "", claude] = /^\/(cut|rest)(-claude)?\//.exec(request.url ?? "") ?? [];
    const wire: Wire = (said, again) => wireOf(recording, claude !== undefined, said, again);
    beginStream(response);
    if (what === "rest") return void response.end(goOn(messages, wire));
    cuts += 1;
    const bytes = Buffer.from(wire()).subarray(0, Number(at));
    if (bytes.byteLength === 0) return void response.destroy();
    return void response.write(bytes, () => response.destroy());
  });
  const key = serverKey();
  const isolates = await startIsolates({
    count: 1,
    routes: "test/fixtures/routes.cuts.json",
    bindings: { UPSTREAM_URL: provider.url, TEST_KEY: "provider-key", LISBON_KEY_SECRET: KEY_SECRET },
  });
  return {
    url: isolates.workers[0]?.url ?? "",
    key,
    cuts: () => cuts,
    async dispose() {
      await isolates.dispose();
      await provider.close();
    },
  };
}

type Wire = (said?: string, again?: number) => string;

/** A model that does as it is told: given its own beginning it goes on, asked to continue it says the last words again. */
function goOn(messages: readonly z.infer<typeof Message>[], wire: Wire): string {
  const begun = messages.findLast(({ role }) => role === "assistant");
  if (begun === undefined) return wire();
  const said =
    z.string().safeParse(begun.content).data ??
    z
      .array(Text)
      .parse(begun.content)
      .map(({ text }) => text)
      .join("");
  return wire(said, begun === messages.at(-1) ? 0 : OVERLAP);
}

const Text = z.looseObject({ text: z.string() });
/** In characters. */
const OVERLAP = 40;
