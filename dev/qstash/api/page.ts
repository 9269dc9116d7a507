/** Lists come in pages: `count` (100 at most), and a `cursor` while there is more. */
const LARGEST = 100;

export function page<Item>(
  items: readonly Item[],
  query: URLSearchParams,
): { readonly items: readonly Item[]; readonly cursor?: string } {
  const count = Math.min(LARGEST, Number(query.get("count") ?? LARGEST));
  const start = Number(query.get("cursor") ?? 0);
  const end = start + count;
  return { items: items.slice(start, end), ...(end < items.length ? { cursor: String(end) } : {}) };
}
