import type { SwitchboardOperator } from "../../src/breaker/switchboard-operator.ts";

/** Whatever a test does not name must not be asked of it; what an admin changes is noted and forgotten. */
export const UNASKED_SWITCHBOARD: SwitchboardOperator = {
  addKey: notAsked,
  keys: notAsked,
  revokeKey: notAsked,
  isRevoked: notAsked,
  noteChange: () => Promise.resolve(),
  setLimits: notAsked,
  changes: notAsked,
  overview: notAsked,
  tick: notAsked,
  release: notAsked,
  incidents: notAsked,
  aggregates: notAsked,
  pauseSpells: notAsked,
  servedSince: notAsked,
  injectFaults: notAsked,
  throwSwitches: notAsked,
  rate: notAsked,
  reset: notAsked,
  alert: notAsked,
  pause: notAsked,
  resume: notAsked,
  pauses: notAsked,
};

function notAsked(): never {
  throw new Error("asked what the test did not foresee");
}
