import type { Route } from "../domain/route.ts";
import type { Board } from "./board.ts";
import type { ProbeOutcome } from "./probe.ts";
import { RouteChecks } from "./route-checks.ts";
import { SwitchboardOutside } from "./switchboard-outside.ts";
import { SwitchboardTables } from "./switchboard-tables.ts";

/** What the switchboard's object finds out by itself about routes that nobody calls. */
export abstract class ChecksObject<Env> extends SwitchboardOutside<Env> {
  protected readonly tables: SwitchboardTables;
  #checks: RouteChecks | null = null;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.tables = new SwitchboardTables(state.storage.sql);
  }

  protected abstract openBoard(): Board;

  /** What a budget has paused. */
  protected abstract pausedScopes(): ReadonlySet<string>;

  /** It meets a drill's faults, and never throws. */
  protected abstract probeInTime(route: Route): Promise<ProbeOutcome>;

  protected routeChecks(): RouteChecks {
    this.#checks ??= new RouteChecks({
      board: this.openBoard(),
      settings: this.checks(),
      sinceMs: this.tables.firstNoted("checks_since", this.clock().now()),
      clock: this.clock(),
      paused: () => this.pausedScopes(),
      money: (route) => this.checkMoney(route),
      probe: (route) => this.probeInTime(route),
    });
    return this.#checks;
  }
}
