/** Prometheus' text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats */
import type { Histogram } from "../breaker/series.ts";

export const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

export type Labels = Readonly<Record<string, string>>;

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Behind the family's name: `_bucket`, `_sum`, `_count`; mostly nothing. */
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** A family without samples is left out. */
export function prometheusText(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) =>
      [
        `# HELP ${name} ${escapedHelp(help)}`,
        `# TYPE ${name} ${type}`,
        ...samples.map((one) => line(name, one)),
        "",
      ].join("\n"),
    )
    .join("");
}

/** `scale`: what one of the family's units is in the histogram's, such as 1,000 ms in a second. */
export function histogramSamples(
  { buckets, count, sum }: Histogram,
  bounds: readonly number[],
  labels: Labels,
  scale = 1,
): readonly Sample[] {
  let within = 0;
  const ends = [...bounds.map((bound) => String(bound / scale)), "+Inf"];
  return [
    ...ends.map((le, bucket) => {
      within += buckets[bucket] ?? 0;
      return { suffix: "_bucket", labels: { ...labels, le }, value: within };
    }),
    { suffix: "_sum", labels, value: sum / scale },
    { suffix: "_count", labels, value: count },
  ];
}

function line(name: string, { suffix = "", labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapedLabel(text)}"`);
  return `${name}${suffix}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

function escapedHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapedLabel(text: string): string {
  return escapedHelp(text).replaceAll('"', '\\"');
}
