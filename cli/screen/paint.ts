/** Colours, only where somebody looks: a terminal, unless NO_COLOR says otherwise (https://no-color.org). */
import { styleText } from "node:util";

export type Style = "good" | "warn" | "bad" | "dim" | "bold";
export type Paint = (style: Style, text: string) => string;

const FORMATS = { good: "green", warn: "yellow", bad: "red", dim: "dim", bold: "bold" } as const;

export const plain: Paint = (_style, text) => text;

export function paintFor(stream: NodeJS.WriteStream): Paint {
  // It is asked of the stream at each word: one that was piped has no colours.
  return (style, text) => (text === "" ? "" : styleText(FORMATS[style], text, { stream }));
}
