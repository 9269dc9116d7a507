/**
 * Every secret that a test gives a Worker is looked for in every line that the
 * Worker logs and in every reply that a test reads, in all tests that run
 * real Workers. What was found fails the file (`watch-replies.ts`).
 */
const secrets = new Set<string>();
const found: string[] = [];

const SECRET_NAME = /(?:KEY|SECRET|TOKEN|PASSWORD)/;
/** Shorter ones are words that stand everywhere, and this one is what simulated providers take for a key. */
const MIN_CHARS = 10;
const NO_SECRET: ReadonlySet<string> = new Set(["simulated"]);
/** A caller's whole key: its label alone is no secret. */
const SERVER_KEY = /lsb_(?:live|dev)_[a-z0-9-]+_[a-z0-9]+_[\w-]{43}/;

export function watchSecrets(bindings: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(bindings)) {
    if (SECRET_NAME.test(name) && value.length >= MIN_CHARS && !NO_SECRET.has(value)) secrets.add(value);
  }
}

export function lookForSecrets(where: string, text: string): void {
  for (const secret of secrets) if (text.includes(secret)) found.push(`${where}: ${secret.slice(0, 6)}…`);
}

export function lookInLog(line: string): void {
  lookForSecrets(`logged ${line.slice(0, 120)}`, line);
  if (SERVER_KEY.test(line)) found.push(`logged a server key: ${line.slice(0, 120)}`);
}

export function secretsFound(): readonly string[] {
  return found;
}

export function watches(): boolean {
  return secrets.size > 0;
}
