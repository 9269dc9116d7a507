import { FREE, type Price } from "../domain/price.ts";
import type { Route } from "../domain/route.ts";
import { priceOf } from "./price-list.ts";

/** By the map, else by the shipped list; null: nobody has said what this paid route costs. */
export function priceAt({ price, cost, provider, model }: Route, promptTokens: number): Price | null {
  if (price !== null) return price;
  return cost === "paid" ? priceOf(provider, model, promptTokens) : FREE;
}
