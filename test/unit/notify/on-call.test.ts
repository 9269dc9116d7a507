import { describe, expect, it } from "vitest";
import { nextTimes } from "../../../src/notify/local-time.ts";
import { onDuty } from "../../../src/notify/on-call.ts";
import { MINUTE, person } from "./support.ts";

const utc = (text: string): number => Date.parse(`${text}Z`);

const rota = [
  person("ana", "Europe/Lisbon", "09:00-17:00"),
  person("bo", "America/New_York", "09:00-17:00"),
  person("chandra", "Asia/Kolkata", "09:30-17:30"),
];

describe("who is on call", () => {
  it.each([
    ["2026-11-20T10:00", "ana", "Fri 10:00"],
    ["2026-11-20T17:00", "bo", "Fri 12:00"],
    ["2026-11-20T04:00", "chandra", "Fri 09:30"],
  ])("at %s UTC is %s, where it is %s", (at, name, localTime) => {
    expect(onDuty(rota, utc(at))).toMatchObject({ name, localTime, begins: null });
  });

  it("is the first in the rota's order where several are", () => {
    expect(onDuty(rota, utc("2026-11-20T15:00"))?.name).toBe("ana");
    expect(onDuty(rota.toReversed(), utc("2026-11-20T15:00"))?.name).toBe("bo");
  });

  it("is where nobody is on duty the one whose hours begin next, and that is said", () => {
    expect(onDuty(rota, utc("2026-11-20T23:00"))).toEqual({
      name: "chandra",
      contact: "chandra@example.com",
      tz: "Asia/Kolkata",
      localTime: "Sat 04:30",
      begins: { atMs: utc("2026-11-21T04:00"), localTime: "Sat 09:30" },
    });
  });

  it("is nobody where the map names nobody", () => {
    expect(onDuty([], utc("2026-11-20T23:00"), 3)).toBeNull();
  });

  it("passes over one person for each reminder: who is on duty, then who is so next, then from the start", () => {
    const names = [0, 1, 2, 3].map((reminders) => onDuty(rota, utc("2026-11-20T15:00"), reminders)?.name);

    expect(names).toEqual(["ana", "bo", "chandra", "ana"]);
  });
});

describe("hours", () => {
  const night = [person("ana", "Europe/Lisbon", "22:00-06:00")];

  it.each([
    ["2026-11-20T21:59", false],
    ["2026-11-20T22:00", true],
    ["2026-11-20T23:59", true],
    ["2026-11-21T00:00", true],
    ["2026-11-21T05:59", true],
    ["2026-11-21T06:00", false],
  ])("over midnight: at %s on duty is %s", (at, on) => {
    expect(onDuty(night, utc(at))?.begins === null).toBe(on);
  });

  it("that end where they begin are around the clock, as none are", () => {
    const always = [person("ana", "UTC", "09:00-09:00"), person("bo", "UTC", null)];

    expect(always.map((each) => onDuty([each], utc("2026-11-20T03:00"))?.begins)).toEqual([null, null]);
  });

  it("follow daylight saving time: the same local hour is another moment after the clock was put back", () => {
    const early = [person("bo", "America/New_York", "09:00-17:00")];

    // The clock is put back on 2026-11-01 at 06:00 UTC.
    expect(onDuty(early, utc("2026-10-30T13:00"))?.begins).toBeNull();
    expect(onDuty(early, utc("2026-11-02T13:00"))?.begins).toEqual({
      atMs: utc("2026-11-02T14:00"),
      localTime: "Mon 09:00",
    });
    expect(onDuty(early, utc("2026-11-01T04:00"))?.begins?.atMs).toBe(utc("2026-11-01T14:00"));
  });

  it("that begin in the hour which is left out begin at its end", () => {
    // Lisbon puts its clock forward on 2027-03-28 from 01:00 to 02:00.
    const shift = [person("ana", "Europe/Lisbon", "01:30-05:00")];
    const before = utc("2027-03-28T00:30");

    expect(onDuty(shift, before)?.begins).toEqual({ atMs: utc("2027-03-28T01:00"), localTime: "Sun 02:00" });
    expect(onDuty(shift, utc("2027-03-28T01:00"))?.begins).toBeNull();
  });

  it("that begin in the hour which comes twice begin at the first of them", () => {
    // Lisbon puts its clock back on 2026-10-25 at 01:00 UTC, from 02:00 to 01:00.
    expect(nextTimes("Europe/Lisbon", 90, utc("2026-10-25T00:00")).slice(0, 2)).toEqual([
      utc("2026-10-25T00:30"),
      utc("2026-10-25T01:30"),
    ]);
  });

  it("begin, in any zone and on any day of the year, at the first minute in which the person is on duty", () => {
    for (const tz of ["Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]) {
      const shift = [person("ana", tz, "02:15-03:45")];
      for (let day = 0; day < 365; day++) {
        const now = utc("2026-01-01T12:00") + day * 24 * 60 * MINUTE;
        const begins = onDuty(shift, now)?.begins;
        if (begins == null) continue;
        expect(onDuty(shift, begins.atMs)?.begins, `${tz} ${begins.localTime}`).toBeNull();
        expect(onDuty(shift, begins.atMs - MINUTE)?.begins, `${tz} ${begins.localTime}`).not.toBeNull();
      }
    }
  });
});
