import { TEXTS, type Texts, type TextsByLanguage } from "../domain/texts.ts";
import type { RoutingMap } from "./routing-map.ts";

/** What a language does not say is said as for everybody. */
export function resolveTexts({ texts = {} }: RoutingMap): TextsByLanguage {
  const everybody: Texts = { ...TEXTS, ...said(texts["*"]) };
  return new Map([
    ...Object.entries(texts).map(([language, own]) => [language, { ...everybody, ...said(own) }] as const),
    ["*", everybody],
  ]);
}

type MapTexts = NonNullable<RoutingMap["texts"]>[string];

function said(own: MapTexts | undefined): Partial<Texts> {
  return Object.fromEntries(Object.entries(own ?? {}).filter(([, text]) => text !== undefined));
}
