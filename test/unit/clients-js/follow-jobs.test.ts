/** Parked calls followed to their answers, and jobs asked for by hand. */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { anthropicErrorEvent } from "../../../src/anthropic-api/error-body.ts";
import { TEXTS } from "../../../src/domain/texts.ts";
import { coldMessage, coldReply } from "../../../src/http/cold-reply.ts";
import { type Job, publicJob } from "./job-views.ts";
import { type Arrived, BASE, completion, refuses, refusesConnections, stage, thrownBy } from "./stage.ts";

const JOB_ID = `job_${"0c".repeat(16)}`;
const PARKED = { jobId: JOB_ID, state: "queued", retryAfterMs: 5_000, isNew: true } as const;

/** How a router says that a call is parked: its own words. */
const WAYS = {
  "202 with a job": () =>
    coldReply({ parked: PARKED, onCold: "accepted", stream: false, origin: "https://router.test", texts: TEXTS }, {}),
  "an error event": () =>
    coldReply({ parked: PARKED, onCold: "accepted", stream: true, origin: "https://router.test", texts: TEXTS }, {}),
  "503 with a job": () =>
    coldReply({ parked: PARKED, onCold: "error", stream: false, origin: "https://router.test", texts: TEXTS }, {}),
};

/** A router that parks every call; its job stands as `states` say, one after the other. */
function parking(parked: () => Response, states: readonly Partial<Job>[]) {
  let asked = 0;
  return ({ path }: Arrived): Response => {
    if (!path.startsWith("/v1/jobs/")) return parked();
    const state = states[Math.min(asked, states.length - 1)];
    asked += 1;
    return Response.json(publicJob({ id: JOB_ID, ...state }));
  };
}

function wayOf({ body }: Arrived): keyof typeof WAYS {
  return body.includes('"stream":true') ? "an error event" : "202 with a job";
}

const QUEUED = { status: "queued", retry_after: 240 } as const;
const RUNNING = { status: "running", retry_after: 5 } as const;
const ANSWERED = {
  status: "answered",
  retry_after: null,
  route: "hot/openai/gpt-4.1",
  answered_by: "provider",
  answer: completion("late, but whole"),
} as const;
const DEAD = { status: "dead", retry_after: null, error: { code: "providers_failed", message: "nobody" } } as const;

describe("with followJobs", () => {
  it.each(Object.entries(WAYS))("a call that was told of its job by %s ends in the answer", async (_way, parked) => {
    const { ask, arrived } = stage(parking(parked, [QUEUED, RUNNING, ANSWERED]), { followJobs: true });
    const response = await ask();

    expect(response.status).toBe(200);
    expect(response.headers.get("x-lisbon-job")).toBe(JOB_ID);
    expect(response.headers.get("x-lisbon-route")).toBe("hot/openai/gpt-4.1");
    expect(await response.json()).toEqual(completion("late, but whole"));
    expect(arrived.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /v1/chat/completions",
      ...Array.from({ length: 3 }, () => `GET /v1/jobs/${JOB_ID}`),
    ]);
  });

  it("asks no sooner than the router says is worth it", async () => {
    const { ask, arrived } = stage(parking(WAYS["202 with a job"], [QUEUED, RUNNING, ANSWERED]), { followJobs: true });
    await ask();

    const [first] = arrived;
    expect(arrived.map(({ atMs }) => atMs - (first?.atMs ?? 0))).toEqual([0, 5_000, 245_000, 250_000]);
  });

  it("gives who asked for a stream a stream", async () => {
    const { ask } = stage(parking(WAYS["an error event"], [ANSWERED]), { followJobs: true });
    const response = await ask({ stream: true, stream_options: { include_usage: true } });

    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const text = await response.text();
    expect(text).toContain("late, but whole");
    expect(text).toContain('"total_tokens":3');
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("ends in the refusal where the job was given up", async () => {
    const { ask } = stage(parking(WAYS["202 with a job"], [DEAD]), { followJobs: true });
    const response = await ask();

    expect(response.status).toBe(424);
    expect(await response.json()).toMatchObject({ error: { code: "providers_failed", job: { id: JOB_ID } } });
  });

  it("stops when the caller hangs up, and the job goes on", async () => {
    const hangUp = new AbortController();
    const { ask, arrived } = stage(
      (request, place) => {
        if (place === 1) hangUp.abort(new Error("enough"));
        return parking(WAYS["202 with a job"], [QUEUED])(request);
      },
      { followJobs: true },
    );

    expect(await thrownBy(ask({}, {}, hangUp.signal))).toMatchObject({ message: "enough" });
    expect(arrived.map(({ method }) => method)).toEqual(["POST", "GET"]);
  });

  it("lives through a router that is away for a moment", async () => {
    let asked = 0;
    const answer = parking(WAYS["202 with a job"], [QUEUED, ANSWERED]);
    const { ask } = stage(
      (request) => {
        asked += 1;
        if (asked === 2 || asked === 4) return refusesConnections();
        return asked === 3 ? refuses(503, "jobs_unavailable", { retry_after: 5 }) : answer(request);
      },
      { followJobs: true },
    );

    expect(await (await ask()).json()).toEqual(completion("late, but whole"));
  });

  it("hands the official client its completion, streamed and not", async () => {
    const job = parking(WAYS["202 with a job"], [QUEUED, ANSWERED]);
    const { lisbon, clock } = stage((request) => (request.method === "POST" ? WAYS[wayOf(request)]() : job(request)), {
      followJobs: true,
    });
    const client = new OpenAI({ baseURL: BASE, apiKey: "unused", fetch: lisbon.fetch, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "hello" }];
    const whole = await clock.run(client.chat.completions.create({ model: "auto", messages }));
    const stream = await clock.run(client.chat.completions.create({ model: "auto", messages, stream: true }));
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";

    expect(whole.choices[0]?.message.content).toBe("late, but whole");
    expect(text).toBe("late, but whole");
  });

  it.each([false, true])("hands Anthropic's client its message (streamed: %s)", async (stream) => {
    const answer = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [
        { type: "text", text: "late, but whole" },
        { type: "tool_use", id: "call_1", name: "weather", input: { city: "Lisbon" } },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 2 },
    };
    const parked = () =>
      coldMessage({ parked: PARKED, onCold: "accepted", stream, origin: "https://router.test", texts: TEXTS }, {});
    const { lisbon, clock } = stage(parking(parked, [QUEUED, { ...ANSWERED, answer }]), { followJobs: true });
    const client = new Anthropic({ baseURL: "https://router.test", apiKey: "unused", fetch: lisbon.fetch });
    const asked = { model: "auto", max_tokens: 10, messages: [{ role: "user" as const, content: "hello" }] };
    const message = await clock.run(
      stream ? client.messages.stream(asked).finalMessage() : client.messages.create(asked),
    );

    expect(message).toMatchObject({ content: answer.content, stop_reason: "tool_use", usage: answer.usage });
  });
});

describe("without followJobs", () => {
  it.each(Object.entries(WAYS))("a parked call is the app's own matter: %s", async (_way, parked) => {
    const { ask, arrived, notices } = stage(parking(parked, [ANSWERED]));
    const response = await ask();

    expect(response.status).toBe(parked().status);
    expect(await response.text()).toBe(await parked().text());
    expect(arrived).toHaveLength(1);
    expect(notices).toMatchObject([{ jobId: JOB_ID, text: expect.stringContaining("queued") }]);
  });
});

describe("a job", () => {
  it("is waited for through some minutes without a network, and not for ever", async () => {
    let lost = 0;
    const answer = parking(WAYS["202 with a job"], [QUEUED, ANSWERED]);
    const tunnel = stage((request) => ((lost += 1) <= 15 ? refusesConnections() : answer(request)));
    const gone = stage(refusesConnections);

    expect(await tunnel.clock.run(tunnel.lisbon.job(JOB_ID).wait())).toMatchObject({ status: "answered" });
    const error = await thrownBy(gone.clock.run(gone.lisbon.job(JOB_ID).wait()));
    expect(error).toMatchObject({ code: "connection_lost", jobId: JOB_ID });
  });

  it("tells how it stands", async () => {
    const { lisbon, clock } = stage(parking(WAYS["202 with a job"], [QUEUED]));

    expect(await clock.run(lisbon.job(JOB_ID).get())).toMatchObject({ id: JOB_ID, ...QUEUED });
  });

  it("is waited for until it is answered", async () => {
    const { lisbon, clock } = stage(parking(WAYS["202 with a job"], [QUEUED, RUNNING, ANSWERED]));

    expect(await clock.run(lisbon.job(JOB_ID).wait())).toMatchObject({
      status: "answered",
      answer: completion("late, but whole"),
    });
  });

  it.each([
    [DEAD, { code: "providers_failed", status: 424 }],
    [
      { ...DEAD, error: null },
      { code: "job_dead", status: 424 },
    ],
    [{ status: "cancelled", retry_after: null, erased: true } as const, { code: "job_cancelled", status: 410 }],
    [{ ...ANSWERED, answer: null, erased: true } as const, { code: "job_erased", status: 410 }],
  ])("that ends without an answer says why (%#)", async (state, told) => {
    const { lisbon, clock } = stage(parking(WAYS["202 with a job"], [QUEUED, state]));

    const error = await thrownBy(clock.run(lisbon.job(JOB_ID).wait()));
    expect(error).toMatchObject({ name: "LisbonError", jobId: JOB_ID, ...told });
  });

  it("is not waited for longer than its caller wants", async () => {
    const { lisbon, clock } = stage(parking(WAYS["202 with a job"], [RUNNING]));
    const began = clock.now();

    const error = await thrownBy(clock.run(lisbon.job(JOB_ID).wait({ timeoutMs: 12_000 })));
    expect(error).toMatchObject({ code: "wait_timed_out", jobId: JOB_ID });
    expect(clock.now() - began).toBe(12_000);
  });

  it("is left by a waiter who aborts, with the waiter's own reason", async () => {
    const abort = new AbortController();
    const { lisbon, clock } = stage(parking(WAYS["202 with a job"], [RUNNING]));
    const waiting = lisbon.job(JOB_ID).wait({ signal: abort.signal });
    clock.after(7_000, () => abort.abort(new Error("enough")));

    expect(await thrownBy(clock.run(waiting))).toMatchObject({ message: "enough" });
  });

  it("is cancelled", async () => {
    const { lisbon, clock, arrived } = stage(() =>
      Response.json(publicJob({ id: JOB_ID, status: "cancelled", erased: true })),
    );

    expect(await clock.run(lisbon.job(JOB_ID).cancel())).toMatchObject({ status: "cancelled" });
    expect(arrived).toMatchObject([{ method: "DELETE", path: `/v1/jobs/${JOB_ID}` }]);
  });

  it("that is not there is an error with the router's code", async () => {
    const { lisbon, clock } = stage(() => refuses(404, "no_such_job"));

    expect(await thrownBy(clock.run(lisbon.job("job_1").get()))).toMatchObject({
      code: "no_such_job",
      status: 404,
      requestId: "r1",
      jobId: "job_1",
    });
  });
});

it("reads the parked event of Anthropic's language too", async () => {
  const error = { status: 503, code: "queued", message: "kept", more: { job: { id: JOB_ID }, retry_after: 5 } };
  const parked = () =>
    new Response(anthropicErrorEvent(error), {
      status: 202,
      headers: { "content-type": "text/event-stream", "x-lisbon-job": JOB_ID },
    });
  const { lisbon, clock, arrived } = stage(parking(parked, [ANSWERED]), { followJobs: true });
  await clock.run(lisbon.fetch(`${BASE}/messages`, { method: "POST", body: "{}" }));

  const [first, second] = arrived;
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBe(5_000);
});
