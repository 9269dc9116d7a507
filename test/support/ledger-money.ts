/** What the tests of money ask a fleet of isolates for. */
import type { Reservation } from "../../src/ledger/ledger.ts";
import { MICROS } from "../../src/domain/price.ts";
import { callOf, type Fleet, type FleetCall } from "./ledger-fleet.ts";

export const TEN_DOLLARS = { tenants: { acme: { monthlyUsd: 10 } } };
export const MONTH = "2026-11";

export async function reserve(fleet: Fleet, isolate: number, call: FleetCall = {}): Promise<Reservation | null> {
  const { ledger } = at(fleet, isolate);
  const put = ledger.reserve(callOf(fleet, call), fleet.route);
  const reserved = put instanceof Promise ? await fleet.clock.run(put) : put;
  return reserved.ok ? reserved.value : null;
}

export function at({ isolates }: Fleet, place: number) {
  const isolate = isolates[place % isolates.length];
  if (isolate === undefined) throw new Error("no such isolate");
  return isolate;
}

export function leftOf({ tables }: Fleet, usd = 10): number {
  return usd - tables.takenOf("tenant:acme", MONTH) / MICROS;
}
