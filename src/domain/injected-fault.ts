/** Faults for drills: a route that is well is made to look ill to our own calls. Only where CHAOS is on. */
export const INJECTED_FAULTS = ["unreachable", "server_error", "silent"] as const;
export type InjectedFault = (typeof INJECTED_FAULTS)[number];

export type InjectedFaults = Readonly<Record<string, InjectedFault>>;
