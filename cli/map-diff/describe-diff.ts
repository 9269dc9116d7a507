/** A comparison of two maps in words: traffic first, then money, reach, and the rest. */
import { inShort } from "../lint/finding.ts";
import type { MapDiff, SetChange } from "./compare-maps.ts";
import type { Stop, Traffic, Way } from "./compare-traffic.ts";
import { watchdogLines } from "./describe-watchdog.ts";
import type { Change } from "./changes-between.ts";

export function describeDiff(diff: MapDiff): readonly string[] {
  const parts = [
    part("Traffic", [...diff.traffic.flatMap(trafficLines), ...routeLines(diff.routes)]),
    part("Money, in US dollars for a million tokens (input/output)", diff.traffic.flatMap(moneyLines)),
    part("Reach", reachLines(diff.reach)),
    part("Watchdog", watchdogLines(diff.watchdog)),
    part("Settings", diff.settings.map(changeLine)),
    part("Lint", lintLines(diff.lint)),
  ].flat();
  return parts.length === 0 ? ["Both mean the same."] : parts;
}

function part(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function trafficLines({ kinds, before, after }: Traffic): readonly string[] {
  const who = kinds.join(", ");
  if (after === null) return [`${who}: gone; calls that name it are refused`];
  if (before === null) return [`${who}: new, within ${after.deadlineSeconds} s: ${stopsText(after)}`];
  const [first, firstBefore] = [after.stops[0], before.stops[0]];
  const moved = stopsText(before) !== stopsText(after);
  return [
    ...(whatIsAsked(first) === whatIsAsked(firstBefore)
      ? []
      : [`${who}: first asked is ${fullName(first)}, in place of ${fullName(firstBefore)}`]),
    ...(moved ? [`${who}: before  ${stopsText(before)}`, `${who}: after   ${stopsText(after)}`] : []),
    ...(before.deadlineSeconds === after.deadlineSeconds
      ? []
      : [`${who}: answered within ${after.deadlineSeconds} s, in place of ${before.deadlineSeconds} s`]),
  ];
}

function routeLines({ added, removed, changed }: MapDiff["routes"]): readonly string[] {
  return [
    ...added.map((id) => `+ ${id}`),
    ...removed.map((id) => `- ${id}`),
    ...changed.flatMap(({ id, changes }) => changes.map((change) => `~ ${id}: ${changeLine(change)}`)),
  ];
}

/** What an ordinary call costs (the first stop), what the worst may (the dearest), and every stop in order. */
function moneyLines({ kinds, before, after }: Traffic): readonly string[] {
  if (after === null) return [];
  if (before === null) return [`${kinds.join(", ")}: ${pricesText(after)}`];
  const [earlier, later] = [pricesText(before), pricesText(after)];
  if (earlier === later) return [];
  const who = kinds.join(", ");
  return [
    `${who}: first asked ${compared(before.stops[0], after.stops[0])}; dearest ${compared(dearest(before), dearest(after))}`,
    `${who}: before  ${earlier}`,
    `${who}: after   ${later}`,
  ];
}

function reachLines({ providers, hosts, costs }: MapDiff["reach"]): readonly string[] {
  const counts = (["local", "free", "paid"] as const).flatMap((cost) => {
    const { before, after } = costs[cost];
    return before === after ? [] : [`${cost} routes: ${before} → ${after}`];
  });
  return [...setLines("providers", providers), ...setLines("hosts", hosts), ...counts];
}

function setLines(what: string, { before, after, added, removed }: SetChange): readonly string[] {
  if (added.length === 0 && removed.length === 0) return [];
  const names = [...added.map((name) => `+ ${name}`), ...removed.map((name) => `- ${name}`)].join(", ");
  return [`${what}: ${before.length} → ${after.length}: ${names}`];
}

function lintLines({ added, gone }: MapDiff["lint"]): readonly string[] {
  return [
    ...(added.length === 0 ? [] : [`new: ${inShort(added)}`]),
    ...(gone.length === 0 ? [] : [`gone: ${inShort(gone)}`]),
  ];
}

function changeLine({ at, before, after }: Change): string {
  return `${at}: ${before} → ${after}`;
}

function stopsText({ stops }: Way): string {
  return stops.length === 0 ? "nobody (a human answers)" : stops.map(({ id }) => id).join(", ");
}

function pricesText({ stops }: Way): string {
  return stops.map(({ price }, index) => `${index + 1}. ${priceText(price)}`).join("  ");
}

function priceText(price: Stop["price"]): string {
  if (price === null) return "unknown";
  return price.input === 0 && price.output === 0 ? "free" : `${price.input}/${price.output}`;
}

function compared(before: Stop | undefined, after: Stop | undefined): string {
  const [earlier, later] = [before?.price ?? null, after?.price ?? null];
  const text = `${priceText(earlier)} → ${priceText(later)}`;
  if (earlier === null || later === null || earlier.input === 0 || earlier.output === 0) return text;
  const input = percent(earlier.input, later.input);
  const output = percent(earlier.output, later.output);
  return earlier.input === later.input && earlier.output === later.output ? text : `${text} (${input}/${output})`;
}

function percent(before: number, after: number): string {
  const change = Math.round((after / before - 1) * 100);
  return `${change > 0 ? "+" : ""}${change} %`;
}

/** An unknown price may be any: it counts as the dearest. */
function dearest({ stops }: Way): Stop | undefined {
  const most = Math.max(...stops.map(bothPrices));
  return stops.find((stop) => bothPrices(stop) === most);
}

function bothPrices({ price }: Stop): number {
  return price === null ? Infinity : price.input + price.output;
}

/** An id may stay what it was while something else stands behind it. */
function fullName(stop: Stop | undefined): string {
  return stop === undefined ? "nobody" : `${stop.id} (${stop.provider}/${stop.model} at ${stop.host})`;
}

function whatIsAsked(stop: Stop | undefined): string {
  return JSON.stringify([stop?.provider, stop?.model, stop?.host]);
}
