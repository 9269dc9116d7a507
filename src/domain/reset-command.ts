/** What whoever has mended something types: `what` is a route, an account, or the id of a request that looped. */
export function resetCommand(what: string): string {
  // An account's name may be any line of text.
  const word = /^[\w./:@+~-]+$/.test(what) ? what : `'${what.replaceAll("'", String.raw`'\''`)}'`;
  return `npx lisbon routes reset ${word}`;
}
