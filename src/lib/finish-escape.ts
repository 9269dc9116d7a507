/** What is least seen among the characters that a cut `\u` escape may become: a space, or a new line. */
const QUIET = ["0020", "000a"];
const LOW_SURROGATE = "dc00";

/**
 * The rest of a JSON escape that was cut, from its backslash on. `afterHigh`:
 * right before it stands the escape of a high surrogate, which needs a low one
 * even where nothing of that had been sent (`begun` is then empty).
 */
export function finishEscape(begun: string, afterHigh: boolean): string {
  if (begun === "") return afterHigh ? `\\u${LOW_SURROGATE}` : "";
  // A backslash alone may become anything; a new line is likely and shows no character that was never sent.
  if (begun === "\\") return afterHigh ? `u${LOW_SURROGATE}` : "n";
  const digits = begun.slice(2).toLowerCase();
  const wanted = afterHigh ? [LOW_SURROGATE, ...QUIET] : QUIET;
  const whole = wanted.find((candidate) => candidate.startsWith(digits)) ?? digits.padEnd(4, "0");
  return whole.slice(digits.length) + (isHighSurrogate(whole) ? `\\u${LOW_SURROGATE}` : "");
}

/** Whether four hexadecimal digits name the first half of a pair. */
export function isHighSurrogate(digits: string): boolean {
  return /^d[89ab]/i.test(digits);
}
