/** The ids of a map's routes: those that are written, and `tier/provider/model` for the rest, made unique. */
import { canonicalProvider } from "./provider-table.ts";

export const LISTS = ["hot", "warm", "smaller"] as const;
export type ListName = (typeof LISTS)[number];

export interface Entry {
  readonly id?: string | undefined;
  readonly provider: string;
  readonly model: string;
}

export type Lists<Listed extends Entry> = Readonly<Partial<Record<ListName, readonly Listed[] | undefined>>>;

export interface ListedRoute<Listed extends Entry> {
  readonly id: string;
  readonly list: ListName;
  /** From 0. */
  readonly index: number;
  readonly entry: Listed;
}

/** Every route of the map with its id, in the map's order. Written ids are taken first, so that adding a route renames none. */
export function listRoutes<Listed extends Entry>(map: Lists<Listed>): readonly ListedRoute<Listed>[] {
  const written = LISTS.flatMap((list) => (map[list] ?? []).flatMap((entry) => entry.id ?? []));
  const taken = new Set(written);
  return LISTS.flatMap((list) =>
    (map[list] ?? []).map((entry, index) => ({ id: entry.id ?? freeId(list, entry, taken), list, index, entry })),
  );
}

function freeId(list: ListName, entry: Entry, taken: Set<string>): string {
  const plain = [list, canonicalProvider(entry.provider), entry.model].map(safe).join("/");
  let id = plain;
  for (let number = 2; taken.has(id); number++) id = `${plain}/${number}`;
  taken.add(id);
  return id;
}

/** Ids go into headers and paths; a model's name may hold anything. */
function safe(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._:@+~/-]+/g, "-").slice(0, 100);
}
