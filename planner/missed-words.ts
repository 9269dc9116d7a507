/** How often a deadline is missed, in words that need no decimals. The numbers themselves stand in `--json` and the spreadsheet. */

/** Rarer than that nobody can tell from never. */
const NEVER = 1e12;
const YEARS = 100;

/** `percent` of the calls: `none`, `1 in 31 million`, `2.5 %`. */
export function chanceWords(percent: number): string {
  if (percent <= 0) return "none";
  if (percent >= 1) return `${Number(percent.toPrecision(3))} %`;
  const calls = 100 / percent;
  return calls >= NEVER ? "next to none" : `1 in ${large(calls)}`;
}

/** `calls` a month: `none`, `about 12 a month`, `about 1 in 5 months`, `fewer than 1 in 100 years`. */
export function perMonthWords(calls: number): string {
  if (calls <= 0) return "none";
  if (calls >= 0.75) return `about ${large(calls)} a month`;
  const months = Math.round(1 / calls);
  if (months < 24) return months === 1 ? "about 1 a month" : `about 1 in ${months} months`;
  const years = Math.round(months / 12);
  return years > YEARS ? `fewer than 1 in ${YEARS} years` : `about 1 in ${years} years`;
}

/** To two digits: `42`, `4,200`, `31 million`, `3.1 billion`. */
function large(value: number): string {
  const rounded = Number(value.toPrecision(2));
  if (rounded < 1e6) return Math.round(rounded).toLocaleString("en-US");
  return rounded < 1e9 ? `${rounded / 1e6} million` : `${rounded / 1e9} billion`;
}
