/** Prometheus' text as tests look at it. What is no line of the format throws. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadMetrics {
  readonly samples: readonly ReadSample[];
  /** By family. */
  readonly types: ReadonlyMap<string, string>;
  readonly helps: ReadonlyMap<string, string>;
}

const SAMPLE =
  /^(?<name>[a-z_:][a-z0-9_:]*)(?:\{(?<labels>(?:[a-z_]\w*="(?:[^"\\]|\\[\\"n])*",?)*)\})? (?<value>\S+)$/i;
const LABEL = /(?<label>[a-z_]\w*)="(?<text>(?:[^"\\]|\\[\\"n])*)"/gi;

export function readMetrics(text: string): ReadMetrics {
  const samples: ReadSample[] = [];
  const types = new Map<string, string>();
  const helps = new Map<string, string>();
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const [mark, what, name = "", ...rest] = line.split(" ");
    if (mark === "#" && what === "TYPE") types.set(name, rest.join(" "));
    else if (mark === "#" && what === "HELP") helps.set(name, rest.join(" "));
    else samples.push(sampleOf(line));
  }
  return { samples, types, helps };
}

function sampleOf(line: string): ReadSample {
  const { name, labels = "", value } = SAMPLE.exec(line)?.groups ?? {};
  if (name === undefined) throw new Error(`no line of Prometheus' format: ${line}`);
  const pairs = Array.from(labels.matchAll(LABEL), ({ groups }) => [
    groups?.["label"],
    unescaped(groups?.["text"] ?? ""),
  ]);
  return { name, labels: Object.fromEntries(pairs), value: Number(value) };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_whole, letter: string) => (letter === "n" ? "\n" : letter));
}
