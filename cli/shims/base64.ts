/** What `standardwebhooks` uses of `@stablelib/base64`, by the platform's own. Throws at what is no base64, as that does. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function encode(bytes: Uint8Array): string {
  return btoa(String.fromCodePoint(...bytes));
}

export function decode(text: string): Uint8Array {
  if (!BASE64.test(text)) throw new Error("Base64Coder: incorrect characters for decoding");
  return Uint8Array.from(atob(text), (character) => character.codePointAt(0) ?? 0);
}
