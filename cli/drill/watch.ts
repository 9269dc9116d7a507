/** Looks at circuits and notices twice a second, and tells what has changed. */
import * as z from "zod";
import { NOTICE_KINDS, type NoticeKind } from "../../src/domain/notice.ts";
import type { DrillStage } from "./drill-stage.ts";
import type { SeenEvent, SeenNotice } from "./observed.ts";

export interface Watch {
  readonly notices: readonly SeenNotice[];
  /** Routes that are not closed, as far as is known. */
  open(): readonly string[];
  /** Once; rejects where the deployment does not answer. */
  look(signal: AbortSignal): Promise<void>;
}

const Sent = z.looseObject({
  sent: z.array(
    z.looseObject({
      id: z.string(),
      kind: z.string(),
      title: z.string(),
      deliveries: z.array(z.looseObject({ target: z.string(), state: z.string() })),
    }),
  ),
});

interface Told {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly title: string;
  readonly broughtBy: readonly string[];
}

/** What was told before the drill is none of its notices. */
export async function startWatch(
  { lisbon, inbox }: DrillStage,
  since: () => number,
  report: (event: SeenEvent) => void,
  signal: AbortSignal,
): Promise<Watch> {
  const before = new Set((await toldSoFar(signal)).map(({ id }) => id));
  const standing = new Map<string, string>();
  const notices = new Map<string, SeenNotice>();
  return {
    get notices() {
      return [...notices.values()];
    },
    open: () => [...standing].flatMap(([id, status]) => (status === "closed" || status === "killed" ? [] : [id])),
    async look(aborted) {
      const [routes, told] = await Promise.all([lisbon.breakers(aborted), toldSoFar(aborted)]);
      const atMs = since();
      for (const { id, status } of routes) {
        const was = standing.get(id) ?? "closed";
        if (was !== status) report({ atMs, kind: "circuit", text: `${id}: ${was} → ${status}` });
        standing.set(id, status);
      }
      for (const { id, kind, title, broughtBy } of told) {
        if (before.has(id)) continue;
        const known = notices.get(id);
        if (known === undefined) report({ atMs, kind: "notice", text: `${kind}: ${title}` });
        notices.set(id, { kind, title, broughtBy, atMs: known?.atMs ?? atMs });
      }
    },
  };

  async function toldSoFar(aborted: AbortSignal): Promise<readonly Told[]> {
    if (inbox !== null) {
      // Who has received it, not who says to have sent it.
      return NOTICE_KINDS.flatMap((kind) =>
        inbox.notices(kind).map((notice) => {
          const { title } = notice;
          return { id: `${kind} ${title}`, kind, title, broughtBy: [...inbox.broughtBy(notice).keys()] };
        }),
      );
    }
    const { sent } = Sent.parse((await lisbon.admin("/admin/notices", aborted)).body);
    return sent.flatMap(({ id, kind, title, deliveries }) => {
      const known = NOTICE_KINDS.find((each) => each === kind);
      const broughtBy = deliveries.filter(({ state }) => state === "arrived").map(({ target }) => target);
      return known === undefined ? [] : [{ id, kind: known, title, broughtBy }];
    });
  }
}
