import { describe, expect, it } from "vitest";
import type { DeliveryFault } from "../../../dev/qstash/faults.ts";
import { type Arrived, DAY, errorOf, HOUR, MINUTE, startForTests } from "./setup.ts";

const { client, qstash, to, arrived, pass, paths, receiver } = await startForTests();

function publish(path = "/run", deduplicationId?: string) {
  const more = deduplicationId === undefined ? {} : { deduplicationId };
  return client.publishJSON({ url: `${to}${path}`, body: { path }, ...more });
}

async function verdicts(): Promise<readonly boolean[]> {
  return Promise.all(arrived.map((request) => isTrusted(request)));
}

/** The clock of the file's QStash runs ahead of the real one: how far the two are apart is not asked. */
async function isTrusted({ headers, body, path }: Arrived): Promise<boolean> {
  const signature = String(headers["upstash-signature"] ?? "");
  return receiver.verify({ signature, body, url: `${to}${path}`, clockTolerance: 100 * 86_400 }).catch(() => false);
}

describe("QStash down", () => {
  it("answers nothing", async () => {
    qstash.setFault({ fault: "down" });

    expect(await errorOf(publish())).toMatchObject({ message: "fetch failed" });
  });

  it("delivers nothing until it is back, then all that was due", async () => {
    await client.publishJSON({ url: `${to}/run`, body: 1, delay: "1h" });
    qstash.setFault({ fault: "down" });
    await pass(DAY);
    expect(arrived).toHaveLength(0);

    qstash.clearFaults();
    await qstash.settled();
    expect(arrived).toHaveLength(1);
  });
});

describe("QStash down for so many calls", () => {
  it("delivers again after the last of them", async () => {
    await client.publishJSON({ url: `${to}/run`, body: 1, delay: "1h" });
    qstash.setFault({ fault: "down", times: 1 });
    await pass(DAY);
    await errorOf(publish("/unheard"));
    await qstash.settled();

    expect(paths()).toEqual(["/run"]);
  });
});

describe("a call that meets", () => {
  it.each([
    ["412", "QstashError", 412],
    ["500", "QstashError", 500],
    ["429-burst", "QstashRatelimitError", 429],
    ["429-daily", "QstashDailyRatelimitError", 429],
  ] as const)("%s becomes the SDK's %s", async (fault, name, status) => {
    qstash.setFault({ fault });

    expect(await errorOf(publish())).toMatchObject({ name, status });
  });

  it("lose-answer is carried out, and a second try under its id delivers nothing more", async () => {
    qstash.setFault({ fault: "lose-answer", times: 1 });
    await errorOf(publish("/run", "job-1.1"));
    expect(await publish("/run", "job-1.1")).toHaveProperty("deduplicated", true);

    await qstash.settled();
    expect(arrived).toHaveLength(1);
  });
});

describe("a delivery that meets", () => {
  it("drop never comes", async () => {
    qstash.setFault({ fault: "drop" });
    const { messageId } = await publish();
    await pass(DAY);

    expect(arrived).toHaveLength(0);
    expect(await client.messages.get(messageId)).toMatchObject({ messageId });
  });

  it("late comes so much later", async () => {
    qstash.setFault({ fault: "late", ms: HOUR });
    await publish();
    await pass(DAY);

    expect(arrived.map(({ afterMs }) => afterMs)).toEqual([HOUR]);
  });

  it("reorder comes after the next one", async () => {
    qstash.setFault({ fault: "reorder", times: 1 });
    await publish("/first");
    await publish("/second");
    await qstash.settled();

    expect(paths()).toEqual(["/second", "/first"]);
  });

  it("twice comes twice at once as the same message, each truly signed", async () => {
    qstash.setFault({ fault: "twice" });
    await publish();
    await qstash.settled();

    expect(new Set(arrived.map(({ headers }) => headers["upstash-message-id"])).size).toBe(1);
    expect(new Set(arrived.map(({ headers }) => headers["upstash-signature"])).size).toBe(2);
    expect(await verdicts()).toEqual([true, true]);
  });

  it("again comes once more after its answer", async () => {
    qstash.setFault({ fault: "again", ms: MINUTE });
    await publish();
    await pass(HOUR);

    expect(arrived.map(({ afterMs }) => afterMs)).toEqual([0, MINUTE]);
  });

  it("replay comes again with the very same signature", async () => {
    qstash.setFault({ fault: "replay", ms: MINUTE });
    await publish();
    await pass(HOUR);

    expect(new Set(arrived.map(({ headers }) => headers["upstash-signature"])).size).toBe(1);
    expect(arrived).toHaveLength(2);
  });

  it.each(["unsigned", "forge", "tamper", "other-url"] satisfies DeliveryFault[])(
    "%s comes falsely first, then truly",
    async (fault) => {
      qstash.setFault({ fault });
      await publish();
      await qstash.settled();

      expect(await verdicts()).toEqual([false, true]);
      expect(qstash.deliveries.map((delivery) => delivery.fault)).toEqual([fault, null]);
    },
  );

  it("skew carries a signature of another time", async () => {
    qstash.setFault({ fault: "skew", times: 1 });
    await publish();
    await publish();
    await qstash.settled();
    const [skewed = 0, right = 0] = arrived.map(({ headers }) => issuedAt(String(headers["upstash-signature"])));

    expect(skewed - right).toBe(-301);
  });

  it("the fault of another URL is healthy", async () => {
    qstash.setFault({ fault: "drop", url: "/other" });
    await publish();
    await qstash.settled();

    expect(arrived).toHaveLength(1);
  });
});

describe("a fault set by a test", () => {
  it("throws where it takes no milliseconds", () => {
    expect(() => qstash.setFault({ fault: "drop", ms: 5 })).toThrow(/takes no ms/);
  });
});

function issuedAt(signature: string): number {
  const claims: unknown = JSON.parse(Buffer.from(signature.split(".")[1] ?? "", "base64url").toString());
  return typeof claims === "object" && claims !== null && "iat" in claims ? Number(claims.iat) : 0;
}
