import type { NoticeKind } from "../domain/notice.ts";
import type { Notifier } from "../domain/notifier.ts";
import type { NoticeTarget } from "../domain/routing.ts";
import type { OnDuty } from "./on-call.ts";

/** What the Worker says to the notifier's Durable Object. Plain data only. */
export interface NotifierPort extends Notifier {
  /**
   * A marked notice through every sender, now. As long as the slowest of them takes, 10 s at most. (A method of the
   * name `test` cannot be called on a Durable Object: workerd keeps the name for itself.)
   */
  sendTest(): Promise<readonly SenderResult[]>;
  overview(): Promise<NoticesOverview>;
}

export interface SenderResult {
  /** As people may see it: the kind and the host or the address, never the whole URL, which is a secret. */
  readonly target: string;
  readonly kind: NoticeTarget["kind"];
  readonly outcome: "arrived" | "failed" | "not_configured";
  /** Why not; null: it arrived. */
  readonly detail: string | null;
}

export interface NoticesOverview {
  readonly atMs: number;
  /** Null: the map names nobody. */
  readonly onCall: OnDuty | null;
  readonly targets: readonly { readonly target: string; readonly kind: NoticeTarget["kind"] }[];
  /** The latest 100, the latest first. */
  readonly messages: readonly MessageOverview[];
  /** Raised, and not told yet: the span in which a burst is gathered, or the map's window. */
  readonly gathering: readonly GatheringOverview[];
  /** What went wrong in the object's own alarm, the last time something did. */
  readonly alarmFailure: string | null;
}

export interface MessageOverview {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly key: string;
  readonly title: string;
  readonly atMs: number;
  readonly count: number;
  readonly jobIds: readonly string[];
  readonly deliveries: readonly DeliveryOverview[];
}

export interface DeliveryOverview {
  readonly target: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** Why the last try failed; null: it did not. */
  readonly detail: string | null;
  /** Of the last try; null: there was none. */
  readonly triedAtMs: number | null;
  /** Of the next try; null: there is none. */
  readonly dueAtMs: number | null;
}

export type DeliveryState = "waiting" | "arrived" | "given_up" | "not_configured";

export interface GatheringOverview {
  readonly key: string;
  readonly kind: NoticeKind;
  readonly count: number;
  readonly dueAtMs: number;
}
