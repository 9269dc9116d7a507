import { describe, expect, it } from "vitest";
import { bodyHashOf, isJobId, jobIdOfKey, jobIdsOfBody } from "../../../src/jobs/job-ids.ts";

const WINDOW_MS = 120_000;

describe("a job's id", () => {
  it("follows from tenant and key alone, and no tenant meets another's", async () => {
    const id = await jobIdOfKey("one", "k");

    expect(isJobId(id)).toBe(true);
    expect(await jobIdOfKey("one", "k")).toBe(id);
    expect(await jobIdOfKey("two", "k")).not.toBe(id);
    // What is put together differently is something else: "a" + "bc" is not "ab" + "c".
    expect(await jobIdOfKey("a", "bc")).not.toBe(await jobIdOfKey("ab", "c"));
  });

  it("without a key follows from body and window, and the window before is found too", async () => {
    const hash = await bodyHashOf({
      request: { model: "auto", messages: [{ role: "user", content: "hi" }] },
      native: null,
    });
    const first = await jobIdsOfBody("one", hash, 1_000 * WINDOW_MS, WINDOW_MS);
    const sameWindow = await jobIdsOfBody("one", hash, 1_001 * WINDOW_MS - 1, WINDOW_MS);
    const nextWindow = await jobIdsOfBody("one", hash, 1_001 * WINDOW_MS, WINDOW_MS);

    expect(sameWindow).toEqual(first);
    expect(nextWindow.before).toBe(first.present);
    expect(nextWindow.present).not.toBe(first.present);
    expect(isJobId(first.present)).toBe(true);
  });

  it("is never the one of a key", async () => {
    const hash = "a".repeat(64);
    expect((await jobIdsOfBody("one", hash, 0, WINDOW_MS)).present).not.toBe(await jobIdOfKey("one", hash));
  });

  it.each(["job_", "job_xyz", "job_0123456789abcdef0123456789abcdef0", "JOB_0123456789abcdef0123456789abcdef", ""])(
    "is not %s: nobody makes an object by asking for it",
    (text) => {
      expect(isJobId(text)).toBe(false);
    },
  );
});
