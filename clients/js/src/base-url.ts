/** `https://host/v1`, from what people write: with or without `/v1`, with or without a slash at the end. */
export function apiUrlOf(baseURL: string): string {
  const url = new URL(baseURL);
  return `${url.origin}${url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "")}/v1`;
}
