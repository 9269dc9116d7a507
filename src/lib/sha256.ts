/** SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits. Every call to a provider asks it once, so it is kept lean. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
  let hex = "";
  for (const byte of digest) hex += HEX[byte];
  return hex;
}

const encoder = new TextEncoder();
const HEX: readonly string[] = Array.from({ length: 256 }, (_none, byte) => byte.toString(16).padStart(2, "0"));
