import type { Result } from "../lib/result.ts";
import type { FlagView, SwitchRefused } from "./overrides.ts";
import type { Overview } from "./overview.ts";
import type { ResetTarget } from "./switchboard-object.ts";

/** What an operator says to the switchboard, and hears from it. Never on the way of a call. */
export interface SwitchboardOperator {
  overview(): Promise<Overview>;
  /** Null takes the switch back: the map's value counts again. */
  setFlag(name: string, value: boolean | null): Promise<Result<readonly FlagView[], SwitchRefused>>;
  setKill(routeId: string, killed: boolean | null): Promise<Result<readonly string[], SwitchRefused>>;
  reset(target: ResetTarget): Promise<Result<null, SwitchRefused>>;
}
