/** Every path of the API, and what answers it; what is missing here answers 501. */
import { readFilter } from "../filter.ts";
import type { Account, ApiCall } from "./call.ts";
import {
  deleteDeadLetter,
  deleteDeadLetters,
  getDeadLetter,
  listDeadLetters,
  retryDeadLetter,
  retryDeadLetters,
} from "./dead-letters.ts";
import { cancelMessage, cancelMessages, getMessage } from "./messages.ts";
import { page } from "./page.ts";
import { batch, enqueue, publish } from "./publish.ts";
import { type ApiReply, emptyReply, errorReply, jsonReply, notSupported } from "./reply.ts";
import { createSchedule, deleteSchedule, getSchedule, listSchedules, pauseSchedule } from "./schedules.ts";

export function route(call: ApiCall, account: Account): ApiReply {
  const { method, parts } = call;
  if (method === "POST" && /^publish\/./.test(call.rest)) return publish(call, account);
  if (method === "POST" && /^enqueue\/[^/]+\/./.test(call.rest)) return enqueue(call);
  if (method === "POST" && /^schedules\/https?:/.test(call.rest)) return createSchedule(call, account);
  switch (`${method} ${shapeOf(parts)}`) {
    case "POST batch":
      return batch(call, account);
    case "GET messages/_":
      return getMessage(parts, account);
    case "DELETE messages/_":
      return cancelMessage(parts, account);
    case "DELETE messages":
      return cancelMessages(call, account);
    case "GET dlq":
      return listDeadLetters(call, account);
    case "DELETE dlq":
      return deleteDeadLetters(call, account);
    case "GET dlq/_":
      return getDeadLetter(parts, account);
    case "DELETE dlq/_":
      return deleteDeadLetter(parts, account);
    case "POST dlq/retry":
      return retryDeadLetters(call, account);
    case "POST dlq/retry/_":
      return retryDeadLetter(call, account);
    case "GET schedules":
      return listSchedules(account);
    case "GET schedules/_":
      return getSchedule(parts, account);
    case "DELETE schedules/_":
      return deleteSchedule(parts, account);
    case "PATCH schedules/_/pause":
    case "POST schedules/_/pause":
    case "PATCH schedules/_/resume":
    case "POST schedules/_/resume":
      return pauseSchedule(parts, account);
    case "GET flowControl":
      return jsonReply(
        200,
        account.office.flow.keys().map((key) => account.office.flow.view(key)),
      );
    case "GET flowControl/_":
      return flowControlKey(parts, account);
    case "POST flowControl/_/pause":
    case "POST flowControl/_/resume":
      account.office.flow.setPaused(parts[1] ?? "", parts[2] === "pause");
      return emptyReply();
    case "GET keys":
      return signingKeys(account);
    case "POST keys/rotate":
      account.keys.rotate();
      return signingKeys(account);
    case "GET events":
    case "GET logs":
      return events(call, account);
    default:
      return notSupported(`${method} /v2/${parts.join("/")}`);
  }
}

/** Names stay, ids become `_`. */
function shapeOf(parts: readonly string[]): string {
  return parts.map((part, index) => (index === 0 || NAMES.includes(part) ? part : "_")).join("/");
}

const NAMES = ["retry", "rotate", "pause", "resume", "pin", "unpin", "resetRate"];

function flowControlKey([, key = ""]: readonly string[], { office }: Account): ApiReply {
  const view = office.flow.view(key);
  return view === undefined ? errorReply(404, `flow control key ${key} not found`) : jsonReply(200, view);
}

function signingKeys({ keys }: Account): ApiReply {
  return jsonReply(200, { current: keys.current, next: keys.next });
}

/** `/v2/logs` in the documentation, `/v2/events` in the SDK: https://upstash.com/docs/qstash/api-reference/logs/list-logs */
function events({ parts, query }: ApiCall, { office }: Account): ApiReply {
  const filter = readFilter(query, ["state"]);
  if (typeof filter === "string") return notSupported(filter);
  const entries = office.log.entries.filter((entry) =>
    filter({
      messageId: entry.messageId,
      url: entry.url,
      time: entry.time,
      labels: Array.isArray(entry["labels"]) ? entry["labels"].map(String) : [],
      flowControlKey: typeof entry["flowControlKey"] === "string" ? entry["flowControlKey"] : undefined,
      scheduleId: typeof entry["scheduleId"] === "string" ? entry["scheduleId"] : undefined,
      more: { state: entry.state },
    }),
  );
  const { items, cursor } = page(entries, query);
  return jsonReply(200, { [parts[0] ?? "events"]: items, ...(cursor === undefined ? {} : { cursor }) });
}
