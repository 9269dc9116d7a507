/**
 * Schedules: kept, shown and fired by hand. Nothing here reads a clock: a test
 * that waits for a cron expression waits too long.
 * https://upstash.com/docs/qstash/features/schedules
 */
import { randomBytes } from "node:crypto";
import { headerLists } from "./message.ts";
import type { PublishOptions } from "./publish-headers.ts";

export interface Schedule {
  readonly scheduleId: string;
  readonly cron: string;
  readonly destination: string;
  readonly createdAt: number;
  readonly options: PublishOptions;
  readonly body: Buffer;
  readonly isPaused: boolean;
}

export class Schedules {
  private readonly schedules = new Map<string, Schedule>();

  /** "If a schedule with the provided ID exists, the settings of the existing schedule will be updated". */
  put(schedule: Omit<Schedule, "scheduleId" | "isPaused">, id: string | undefined): Schedule {
    const scheduleId = id ?? `scd_${randomBytes(20).toString("base64url")}`;
    const kept = { ...schedule, scheduleId, isPaused: this.schedules.get(scheduleId)?.isPaused ?? false };
    this.schedules.set(scheduleId, kept);
    return kept;
  }

  get(scheduleId: string): Schedule | undefined {
    return this.schedules.get(scheduleId);
  }

  all(): readonly Schedule[] {
    return [...this.schedules.values()];
  }

  setPaused(schedule: Schedule, isPaused: boolean): void {
    this.schedules.set(schedule.scheduleId, { ...schedule, isPaused });
  }

  remove(scheduleId: string): void {
    this.schedules.delete(scheduleId);
  }
}

/** Five fields, with or without a time zone: `CRON_TZ=America/New_York 0 4 * * *`. */
export function isCron(text: string): boolean {
  const fields = text.trim().split(/\s+/);
  const [first = ""] = fields;
  const times = first.startsWith("CRON_TZ=") ? fields.slice(1) : fields;
  return times.length === 5 && times.every((field) => /^[\d*,/A-Za-z-]+$/.test(field));
}

export function scheduleView(schedule: Schedule): Readonly<Record<string, unknown>> {
  const { scheduleId, cron, destination, createdAt, isPaused, options, body } = schedule;
  return {
    scheduleId,
    cron,
    destination,
    createdAt,
    isPaused,
    method: options.method,
    header: headerLists(options.headers),
    body: body.toString("utf8"),
    retries: options.retries,
    delay: Math.ceil(options.delayMs / 1000),
    ...(options.callback === undefined ? {} : { callback: options.callback.url }),
    ...(options.failureCallback === undefined ? {} : { failureCallback: options.failureCallback.url }),
  };
}
