import type { Notice } from "./notice.ts";

/** Where notices are handed in. Handing in never fails and never waits for a sender: the notifier's own alarm sends. */
export interface Notifier {
  raise(notice: Notice): Promise<void>;
}
