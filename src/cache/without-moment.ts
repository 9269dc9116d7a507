/**
 * A system prompt often says what time it is, and so is a new one every second. Only what is named as the present moment
 * or as the request's own id is taken out, and the day stays: an appointment at 9:00 is not the time, and yesterday's
 * answer may be wrong today.
 */
export function withoutMoment(text: string): string {
  if (!LABEL.test(text)) return text;
  return text.split("\n").map(ofLine).join("\n");
}

const NOW =
  /\b(?:current (?:date|time|datetime|utc)|(?:date|time) now|now is|(?:it is|it's|is) now|time is|today is|today's date|now:|timestamp|aktuelle[sr]? (?:datum|zeit|uhrzeit)|es ist jetzt|hora(?: y fecha)? actual|fecha(?: y hora)? actual|hora atual|data(?: e hora)? atual|heure actuelle|date(?: et heure)? actuelle)/i;
const OWN_ID = /\b((?:request|trace|correlation|session|conversation)[ _-]?id\s*[:=]\s*)[\w.-]+/gi;
const LABEL = new RegExp(`${NOW.source}|${OWN_ID.source}`, "i");

/** `T08:45:40.123Z`, `8:45 AM`, `08:45 (CET)`, `GMT+0100`. */
const TIME_OF_DAY =
  /[T ,]{0,3}\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:Z|UTC|GMT|CES?T)\b)?(?:\s?[+-]\d{2}:?\d{2}\b)?/gi;
const EPOCH = /\b(\d{10})(?:\d{3})?\b/g;
const DAY_SECONDS = 86_400;

function ofLine(line: string): string {
  const known = line.replaceAll(OWN_ID, "$1");
  if (!NOW.test(known)) return known;
  return known
    .replaceAll(/(\d)T(?=\d{2}:)/g, "$1 ")
    .replaceAll(TIME_OF_DAY, "")
    .replaceAll(EPOCH, (_all, seconds: string) => `day ${Math.floor(Number(seconds) / DAY_SECONDS)}`);
}
