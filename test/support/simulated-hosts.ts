/** The providers of `test/fixtures/routes.product.json`: each on a host of its own, without waits, faulty when told. */
import { startSimulatedProviders, type SimulatedProviders } from "../../dev/simulated/server.ts";

export interface SimulatedHosts {
  /** Asked first. */
  readonly one: SimulatedProviders;
  readonly two: SimulatedProviders;
  /** Warm: Anthropic's language at `/claude`, Gemini's at `/gemini`. */
  readonly three: SimulatedProviders;
  /** For the Worker: where they are, and a key for each. */
  readonly variables: Readonly<Record<string, string>>;
  /** What callers' requests made them receive since the last `mend`, in the order of its arrival; no probes. */
  received(): SimulatedProviders["calls"];
  /** All are well again, and nothing has been received. */
  mend(): void;
  close(): Promise<void>;
}

export async function startSimulatedHosts(): Promise<SimulatedHosts> {
  const pace = { tokensPerSecond: 0, firstTokenMs: 0 };
  const [one, two, three] = [
    await startSimulatedProviders(pace),
    await startSimulatedProviders(pace),
    await startSimulatedProviders(pace),
  ];
  const all = [one, two, three];
  return {
    one,
    two,
    three,
    variables: {
      ONE_URL: one.url,
      TWO_URL: two.url,
      THREE_URL: three.url,
      ONE_KEY: "sk-of-host-one",
      TWO_KEY: "sk-of-host-two",
      THREE_KEY: "sk-of-host-three",
    },
    received: () =>
      all
        .flatMap(({ calls }) => calls.filter((call) => !isProbe(call)))
        .toSorted((left, right) => left.startedAt - right.startedAt),
    mend() {
      for (const host of all) {
        host.clearFaults();
        host.clearCalls();
      }
    },
    close: async () => void (await Promise.all(all.map((host) => host.close()))),
  };
}

/** The switchboard asks whether a suspected key is really refused, whenever it likes. */
function isProbe({ body }: SimulatedProviders["calls"][number]): boolean {
  return JSON.stringify(body).includes('"ping"');
}
