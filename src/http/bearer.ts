/** What was sent as `Authorization: Bearer …`; empty: nothing was. */
export function bearerOf(headers: Headers): string {
  const given = headers.get("authorization") ?? "";
  return /^bearer /i.test(given) ? given.slice("bearer ".length).trim() : "";
}
