import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import type { ChartData } from "./chart-data.ts";

const HEIGHT = 180;

interface Props {
  readonly data: ChartData;
  /** Which step is pointed at; null: none. */
  readonly onPoint: (step: number | null) => void;
}

/** The drawing alone: what it shows is in the text beside it and in the table. */
export function Plot({ data, onPoint }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ readonly plot: UPlot; readonly names: string } | null>(null);
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const draw = (): void => {
      drawn.current?.plot.destroy();
      const plot = new UPlot(optionsOf(latest.current, element, onPoint), columnsOf(latest.current), element);
      drawn.current = { plot, names: namesOf(latest.current) };
    };
    draw();
    const resized = new ResizeObserver(() => {
      if (element.clientWidth > 0) drawn.current?.plot.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    resized.observe(element);
    dark.addEventListener("change", draw);
    return () => {
      resized.disconnect();
      dark.removeEventListener("change", draw);
      drawn.current?.plot.destroy();
      drawn.current = null;
    };
  }, [namesOf(data)]);

  useEffect(() => {
    if (drawn.current?.names === namesOf(data)) drawn.current.plot.setData(columnsOf(data));
  }, [data]);

  return <div class="plot" ref={place} aria-hidden="true" />;
}

/** Another set of series is another drawing. */
function namesOf({ title, series }: ChartData): string {
  return [title, ...series.map(({ name }) => name)].join("\n");
}

/** The last series of a stack is drawn first, and as high as all of them: each following one covers its part. */
function columnsOf({ at, series, drawn }: ChartData): UPlot.AlignedData {
  if (drawn === "lines") return [[...at], ...series.map(({ values }) => [...values])];
  const heights = at.map(() => 0);
  const stacked = series.map(({ values }) =>
    values.map((value, step) => {
      heights[step] = (heights[step] ?? 0) + (value ?? 0);
      return heights[step];
    }),
  );
  return [[...at], ...stacked.toReversed()];
}

function optionsOf(data: ChartData, element: HTMLElement, onPoint: Props["onPoint"]): UPlot.Options {
  const colour = (name: string): string => colourOf(name, element);
  const bars = UPlot.paths.bars?.({ size: [0.9, 20], align: 1 });
  const series = data.series.map(({ name, colour: property }): UPlot.Series => {
    const stroke = colour(property);
    return data.drawn === "stack"
      ? { label: name, fill: stroke, width: 0, points: { show: false }, ...(bars && { paths: bars }) }
      : { label: name, stroke, width: 2, points: { show: true, size: 5, fill: stroke, filter: alone } };
  });
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  return {
    width: Math.max(200, element.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: data.drawn === "lines" }, y: false },
    scales: {
      x: { range: (_, from, to) => [from, to + stepOf(data)] },
      y: { range: (_, __, most) => [0, most > 0 ? (UPlot.rangeNum(0, most, 0.1, true)[1] ?? most) : 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 30, space: 60, values: (_, splits) => splits.map(clock) },
      {
        ...axis,
        size: 68,
        space: 36,
        ...(data.isWhole === true && { incrs: WHOLE }),
        values: (_, splits) => splits.map((value) => data.worded(value)),
      },
    ],
    series: [{}, ...(data.drawn === "stack" ? series.toReversed() : series)],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}

/** 1, 2, 5, 10, … */
const WHOLE = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

/** A line through one step alone has no length: it is shown as a point. */
function alone(plot: UPlot, series: number): number[] {
  const values = plot.data[series] ?? [];
  return Object.keys(values)
    .map(Number)
    .filter(
      (step) => values[step] !== null && (values[step - 1] ?? null) === null && (values[step + 1] ?? null) === null,
    );
}

function stepOf({ at }: ChartData): number {
  return (at[1] ?? 0) - (at[0] ?? 0);
}

/** As the browser resolves it for light or dark: a canvas knows no custom properties. */
function colourOf(property: string, element: HTMLElement): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${property})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** `03:14`, in the reader's own time zone. */
export function clock(seconds: number): string {
  const date = new Date(seconds * 1000);
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}
