/** Publish, batch, and why enqueue is not here. */
import { z } from "zod";
import { isHttpUrl, type PublishOptions, readPublishHeaders } from "../publish-headers.ts";
import type { PostOffice } from "../post-office.ts";
import type { Account, ApiCall } from "./call.ts";
import { type ApiReply, errorReply, jsonReply, notSupported } from "./reply.ts";

/** https://upstash.com/docs/qstash/api-reference/messages/publish-a-message */
export function publish(call: ApiCall, { office }: Account): ApiReply {
  const order = readOrder(call.rest.slice("publish/".length), call.headers, call.body);
  if (isReply(order)) return order;
  const refused = refusedByPlan(office, [order]);
  if (refused !== undefined) return refused;
  const published = office.publish(order.url, order.options, order.body);
  return jsonReply(published.deduplicated ? 202 : 200, published);
}

/**
 * https://upstash.com/docs/qstash/api-reference/messages/batch-messages
 *
 * A message that is wrong in itself has an error in its place. One over a limit of
 * the plan refuses them all: so others found the real one.
 */
export function batch(call: ApiCall, { office }: Account): ApiReply {
  const items = parsed(call.body);
  if (items === undefined) return errorReply(400, "the body is an array of { destination, headers, body }");
  const orders = items.map((item) => {
    if (item.queue !== undefined) return notSupported("queues; use Upstash-Flow-Control-Key");
    return readOrder(item.destination, smallNames(item.headers), Buffer.from(item.body));
  });
  const refused = refusedByPlan(
    office,
    orders.filter((order): order is Order => !isReply(order)),
  );
  if (refused !== undefined) return refused;
  const published = orders.map((order): unknown =>
    isReply(order) ? JSON.parse(order.body) : office.publish(order.url, order.options, order.body),
  );
  return jsonReply(200, published);
}

/** What its page does not list is refused: https://upstash.com/docs/qstash/api-reference/messages/enqueue-a-message */
export function enqueue({ headers }: ApiCall): ApiReply {
  const wrong = ["upstash-delay", "upstash-not-before", "upstash-flow-control-key", "upstash-flow-control-value"].find(
    (name) => headers[name] !== undefined,
  );
  return wrong === undefined
    ? notSupported("queues: their head blocks the rest; publish with Upstash-Flow-Control-Key")
    : errorReply(400, `enqueue does not take ${wrong}: queues have neither delay nor flow control`);
}

interface Order {
  readonly url: string;
  readonly options: PublishOptions;
  readonly body: Buffer;
}

const REDACTION = "upstash-redact-fields";

export function readOrder(
  destination: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Order | ApiReply {
  if (headers[REDACTION] !== undefined) return notSupported("Upstash-Redact-Fields");
  if (Object.keys(headers).some((name) => name.startsWith("upstash-workflow-"))) return notSupported("workflows");
  if (/^[\w.-]+$/.test(destination)) return notSupported("URL groups; the destination is a URL");
  if (!isHttpUrl(destination)) {
    return errorReply(400, "invalid destination url: it begins with http:// or https://, unencoded");
  }
  const options = readPublishHeaders(headers);
  return typeof options === "string" ? errorReply(400, options) : { url: destination, options, body };
}

/** The status is not documented for them; 412 is for the plan's other limits. Tell by the text. */
export function refusedByPlan(office: PostOffice, orders: readonly Order[]): ApiReply | undefined {
  const { plan, clock } = office;
  for (const { options } of orders) {
    const delayMs = options.notBefore === undefined ? options.delayMs : options.notBefore - clock.now();
    const refusal = plan.refusal({ retries: options.retries, delaySeconds: delayMs / 1000 });
    if (refusal !== undefined) return errorReply(412, refusal);
  }
  return plan.usedUp() === undefined ? undefined : dailyLimit(office);
}

/** https://upstash.com/docs/qstash/api/api-ratelimiting; the SDK reads the headers. */
export function dailyLimit({ plan }: PostOffice): ApiReply {
  const { limit, reset } = plan.dailyQuota();
  return errorReply(429, "exceeded daily rate limit", {
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": "0",
    "ratelimit-reset": String(reset),
  });
}

export function isReply(value: Order | ApiReply): value is ApiReply {
  return "status" in value;
}

const BatchItems = z.array(
  z.strictObject({
    destination: z.string(),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.string().default(""),
    queue: z.string().optional(),
  }),
);

function parsed(body: Buffer): z.infer<typeof BatchItems> | undefined {
  try {
    return BatchItems.parse(JSON.parse(body.toString("utf8")));
  } catch {
    // Broken JSON or another shape: one answer for both.
    return undefined;
  }
}

function smallNames(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
