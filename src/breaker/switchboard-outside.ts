import type { FlagStore } from "../budget/flag-store.ts";
import { NO_CHECKS, type CheckSettings } from "../domain/checks.ts";
import type { Notice } from "../domain/notice.ts";
import type { Route } from "../domain/route.ts";
import type { Routing } from "../domain/routing.ts";
import { NO_ACTIONS, type WatchdogSettings } from "../domain/watchdog.ts";
import type { BreakerNotice } from "./board-state.ts";
import { GuardsObject } from "./guards-object.ts";
import type { ProbeOutcome } from "./probe.ts";
import type { CheckMoney } from "./route-checks.ts";

/** What the switchboard's object has from outside: `state.ts` says what is real, a test's entry its own. */
export abstract class SwitchboardOutside<Env> extends GuardsObject<Env> {
  /** The map that the isolates have too. Asked once for each life of the object. */
  protected abstract routing(): Routing;

  /** A request for one token. It may take as long as it likes: after the lease it is taken for lost. */
  protected abstract probe(route: Route): Promise<ProbeOutcome>;

  /** Which routes are checked while nobody calls them, and how often. Asked once for each life of the object. */
  protected checks(): CheckSettings {
    return NO_CHECKS;
  }

  /** What the map lets the watchdog do. Asked once for each life of the object. */
  protected watchdog(): WatchdogSettings {
    return NO_ACTIONS;
  }

  /** What one check may cost, put aside; null: no budget covers it. It must not throw. */
  protected checkMoney(_route: Route): Promise<CheckMoney | null> {
    return Promise.resolve(null);
  }

  /** An opening or its end. It must not throw, and not wait. */
  protected notice(notice: BreakerNotice): void {
    console.log(JSON.stringify({ event: `breaker_${notice.event}`, ...notice.incident }));
  }

  /** What a human must set up; null: nothing. Asked once for each life of the object. */
  protected setupNotice(_routing: Routing, _now: number): Notice | null {
    return null;
  }

  /** Where the flags of the pause are; null: nowhere else than here. Asked once for each life of the object. */
  protected flagStore(_routing: Routing): FlagStore | null {
    return null;
  }

  /** The one name of a provider, however it is written. */
  protected canonicalProvider(name: string): string {
    return name.trim().toLowerCase();
  }

  /** For a human. It must not throw, and not wait. */
  protected override tell(notice: Notice): void {
    console.log(JSON.stringify({ event: "notice", kind: notice.kind, title: notice.title, why: notice.why }));
  }
}
