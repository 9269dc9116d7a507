import type { Result } from "../lib/result.ts";
import type { RefusedSwitch, SwitchRefused, Switches } from "./overrides.ts";
import type { Overview } from "./overview.ts";
import type { ResetTarget } from "./switchboard-object.ts";

/** What an operator says to the switchboard, and hears from it. Never on the way of a call. */
export interface SwitchboardOperator {
  overview(): Promise<Overview>;
  /** All of them or, where one is refused, none. */
  throwSwitches(switches: Switches): Promise<Result<null, RefusedSwitch>>;
  reset(target: ResetTarget): Promise<Result<null, SwitchRefused>>;
}
