/** The patterns of KEYS and SCAN, `*`, `?`, `[a-c]`, `[^a]`, `\*`: https://redis.io/docs/latest/commands/keys/ */
export function globOf(pattern: string): RegExp {
  const parts = pattern.match(/\\[\s\S]|\[\^?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g) ?? [];
  return new RegExp(`^${parts.map(partOf).join("")}$`, "s");
}

function partOf(part: string): string {
  if (part === "*") return ".*";
  if (part === "?") return ".";
  if (part.startsWith("[") && part.length > 1)
    return part.replaceAll(/\\(.)/gs, (_, escaped: string) => literal(escaped));
  return literal(part.at(-1) ?? "");
}

/** Byte strings have no character beyond two digits. */
function literal(character: string): string {
  return String.raw`\x` + character.charCodeAt(0).toString(16).padStart(2, "0");
}
