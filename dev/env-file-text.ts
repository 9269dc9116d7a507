/** Variables as an env file that wrangler reads back unchanged: it expands `$` and ends a value at its quote. */
export function envFileText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quoted(value.replaceAll("$", String.raw`\$`))}\n`)
    .join("");
}

function quoted(value: string): string {
  const quote = ["'", '"', "`"].find((each) => !value.includes(each)) ?? "'";
  return quote + value + quote;
}
