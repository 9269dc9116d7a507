/** What people are told of an answer that is not the usual one, or of none; a map may say it otherwise, in any language. */
export const TEXTS = {
  /** Warm answered. */
  backup: "Using backup service",
  /** What was tried before took long, or the route that answered is slow. */
  slow: "Response may be slower than usual due to high demand.",
  /** A smaller model answered. */
  smaller: "Answered by a smaller model due to capacity limits",
  cached: "Cached response due to high demand",
  /** The oldest turns of the conversation were left out. */
  shorter: "Shorter response due to capacity limits",
  queued: "We're experiencing temporary issues. Your request has been queued and will be processed shortly.",
  human: "We're experiencing temporary issues. Your request has been handed to a person, who will answer it.",
  failed: "Service temporarily unavailable. Please try again in a few minutes.",
  /** What whoever is refused may do instead. */
  suggestion: "Send the same request again after retry_after seconds, with an Idempotency-Key so that it runs once.",
} as const;

export type TextName = keyof typeof TEXTS;
export type Texts = Readonly<Record<TextName, string>>;

/** By language tag in lower case, such as `pt` or `pt-br`; each is whole. `*` is for every other caller. */
export type TextsByLanguage = ReadonlyMap<string, Texts>;

/**
 * What a caller reads whose `Accept-Language` this is: of the languages that it names the first that the map has,
 * those it wants most first; `pt-BR` also gets `pt`. https://www.rfc-editor.org/rfc/rfc9110#name-accept-language
 */
export function textsFor(texts: TextsByLanguage, acceptLanguage: string | null): Texts {
  const other = texts.get("*") ?? TEXTS;
  // Nearly every map has no other language, and then nobody reads the header.
  if (acceptLanguage === null || texts.size < 2) return other;
  for (const tag of languagesIn(acceptLanguage)) {
    const found = texts.get(tag) ?? texts.get(tag.split("-", 1)[0] ?? "");
    if (found !== undefined) return found;
  }
  return other;
}

/** A header may name as many as it likes; whom nobody understands after these is answered as everybody else. */
const MOST_LANGUAGES = 20;

function languagesIn(header: string): readonly string[] {
  const wanted = header.split(",", MOST_LANGUAGES).map((part, place) => {
    const [tag = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    const said = parameters.find((parameter) => parameter.startsWith("q="));
    const quality = said === undefined ? 1 : Number(said.slice(2));
    return { tag, quality: Number.isNaN(quality) ? 0 : quality, place };
  });
  return wanted
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality || one.place - other.place)
    .map(({ tag }) => tag);
}
