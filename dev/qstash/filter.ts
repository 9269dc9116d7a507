/**
 * The filters of messages, dead letters and logs: "a message matches if its value
 * equals any of the given values (OR logic), and multiple filters are combined
 * with AND logic", several values repeated or separated by commas.
 * https://github.com/upstash/docs/blob/main/qstash/openapi.yaml
 */
export interface Filterable {
  readonly messageId: string;
  readonly url: string;
  /** What `fromDate` and `toDate` are about. */
  readonly time: number;
  readonly labels: readonly string[];
  readonly flowControlKey: string | undefined;
  readonly scheduleId: string | undefined;
  readonly more: Readonly<Record<string, string>>;
}

export type Filter = (item: Filterable) => boolean;

/** Of them only `more` differs between the calls. */
const COMMON = ["messageId", "messageIds", "url", "label", "flowControlKey", "scheduleId", "fromDate", "toDate"];

/** A string names a filter that this call does not take. */
export function readFilter(query: URLSearchParams, more: readonly string[]): Filter | string {
  const names = [...new Set(query.keys())].filter((name) => !["count", "cursor", "async"].includes(name));
  const unknown = names.find((name) => !COMMON.includes(name) && !more.includes(name));
  if (unknown !== undefined) return `the local QStash knows no filter ${unknown}`;
  return (item) => names.every((name) => matches(item, name, valuesOf(query, name)));
}

export function valuesOf(query: URLSearchParams, name: string): readonly string[] {
  return query.getAll(name).flatMap((value) => value.split(","));
}

function matches(item: Filterable, name: string, values: readonly string[]): boolean {
  switch (name) {
    case "fromDate":
      return item.time >= Number(values[0]);
    case "toDate":
      return item.time <= Number(values[0]);
    case "label":
      return item.labels.some((label) => values.includes(label));
    case "messageId":
    case "messageIds":
      return values.includes(item.messageId);
    case "url":
      return values.includes(item.url);
    case "flowControlKey":
      return values.includes(item.flowControlKey ?? "");
    case "scheduleId":
      return values.includes(item.scheduleId ?? "");
    default:
      return values.includes(item.more[name] ?? "");
  }
}
