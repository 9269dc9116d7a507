/** https://upstash.com/docs/qstash/api-reference/schedules/create-a-schedule, list, get, delete, pause, resume. */
import { isCron, scheduleView } from "../schedules.ts";
import type { Account, ApiCall } from "./call.ts";
import { isReply, readOrder, refusedByPlan } from "./publish.ts";
import { type ApiReply, emptyReply, errorReply, jsonReply, notSupported } from "./reply.ts";

export function createSchedule(call: ApiCall, { office, schedules }: Account): ApiReply {
  const { "upstash-cron": cron, "upstash-schedule-id": id, "upstash-queue-name": queue, ...headers } = call.headers;
  if (queue !== undefined) return notSupported("queues; use Upstash-Flow-Control-Key");
  if (cron === undefined || !isCron(cron)) return errorReply(400, "Upstash-Cron: is a cron expression of five fields");
  if (id !== undefined && !/^[\w.-]+$/.test(id)) return errorReply(400, "Schedule ID is invalid");
  const order = readOrder(call.rest.slice("schedules/".length), headers, call.body);
  if (isReply(order)) return order;
  const isNew = id === undefined || schedules.get(id) === undefined;
  if (isNew && schedules.all().length >= office.plan.limits.schedules) {
    return errorReply(412, "Exceeded the maximum number of schedules allowed");
  }
  const refused = refusedByPlan(office, [order]);
  if (refused !== undefined) return refused;
  const { url: destination, options, body } = order;
  const schedule = schedules.put({ cron, destination, createdAt: office.clock.now(), options, body }, id);
  return jsonReply(200, { scheduleId: schedule.scheduleId });
}

export function listSchedules({ schedules }: Account): ApiReply {
  return jsonReply(200, schedules.all().map(scheduleView));
}

export function getSchedule([, id = ""]: readonly string[], { schedules }: Account): ApiReply {
  const schedule = schedules.get(id);
  return schedule === undefined ? notFound(id) : jsonReply(200, scheduleView(schedule));
}

export function deleteSchedule([, id = ""]: readonly string[], { schedules }: Account): ApiReply {
  schedules.remove(id);
  return emptyReply();
}

/** The documentation has POST, the SDK sends PATCH. */
export function pauseSchedule([, id = "", verb]: readonly string[], { schedules }: Account): ApiReply {
  const schedule = schedules.get(id);
  if (schedule === undefined) return notFound(id);
  schedules.setPaused(schedule, verb === "pause");
  return emptyReply();
}

function notFound(id: string): ApiReply {
  return errorReply(404, `schedule ${id} not found`);
}
