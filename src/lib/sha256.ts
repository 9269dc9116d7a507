/** SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits. Every call to a provider asks it once, so it is kept lean. */
export async function sha256Hex(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))).toHex();
}

const encoder = new TextEncoder();
