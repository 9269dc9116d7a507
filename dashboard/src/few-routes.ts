/** Which of many routes are shown at first. */
const MOST = 12;
const FIRST = 8;

export interface Few<Route> {
  /** In the order of all. */
  readonly few: readonly Route[];
  /** How many that are not healthy are left out. */
  readonly hiddenIll: number;
}

/** Of more than twelve those that are tried first, and of the others twelve that are ill: the pause stands below them on a phone. */
export function fewOf<Route extends { readonly id: string }>(
  all: readonly Route[],
  healthy: readonly string[],
): Few<Route> {
  if (all.length <= MOST) return { few: all, hiddenIll: 0 };
  const ill = all.slice(FIRST).filter(({ id }) => !healthy.includes(id));
  return { few: [...all.slice(0, FIRST), ...ill.slice(0, MOST)], hiddenIll: Math.max(0, ill.length - MOST) };
}
