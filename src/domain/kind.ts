/** A named kind of work, with its time limit and what happens when every provider fails. */
export interface Kind {
  readonly name: string;
  /** Until the commit for a stream, until the end otherwise. */
  readonly deadlineMs: number;
  /** `checked`: JavaScript looks at every event before it leaves; `pumped`: the platform pumps the bytes where dialects agree. */
  readonly stream: "pumped" | "checked";
  /** Route ids of this kind, in order; null: every route of the map, in the map's order. */
  readonly routeIds: readonly string[] | null;
}
