import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkLog } from "../../../src/jobs/chunk-log.ts";
import { JobTables } from "../../../src/jobs/job-tables.ts";
import { chunkOf } from "../../support/chunk.ts";
import { createJobStorage } from "../../support/job-storage.ts";

function stored(log: ChunkLog, tables: JobTables): void {
  tables.together(() => tables.appendChunks(log.run, log.takeUnstored()));
}

describe("a run's text", () => {
  it("comes out of memory and tables as it went in, whatever it is, stored in whatever pieces", () => {
    const anyChunk = fc.oneof(
      fc.string({ unit: "binary" }).map((content) => JSON.stringify(chunkOf({ content }))),
      fc.string({ unit: "binary" }),
      fc.constant("\ud83d\ude00"),
      fc.constant("\ud83d\ude01"),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(anyChunk, fc.boolean())), (chunks) => {
        const tables = new JobTables(createJobStorage());
        const log = new ChunkLog(3);
        for (const [chunk, now] of chunks) {
          log.append(chunk);
          if (now) stored(log, tables);
        }
        stored(log, tables);
        const texts = chunks.map(([chunk]) => chunk);

        expect(texts.map((_text, place) => log.at(place + 1))).toEqual(texts);
        const loaded = ChunkLog.load(tables, 3);
        expect(texts.map((_text, place) => loaded?.at(place + 1))).toEqual(texts);
        expect(loaded?.length ?? 0).toBe(texts.length);
      }),
    );
  });

  it("takes a row of less than 1 MiB each, for a chunk of 5 MiB too, of whatever characters", () => {
    const storage = createJobStorage();
    const tables = new JobTables(storage);
    const log = new ChunkLog(1);
    const huge = `x${"\ud83d\ude00€".repeat(900_000)}`;
    log.append(huge);
    stored(log, tables);
    const rows = storage.sql
      .exec<{ bytes: number }>("SELECT LENGTH(CAST(lines AS BLOB)) AS bytes FROM chunks")
      .toArray();

    expect(ChunkLog.load(tables, 1)?.at(1) === huge).toBe(true);
    expect(rows.length).toBeGreaterThan(5);
    expect(Math.max(...rows.map(({ bytes }) => bytes))).toBeLessThan(1024 * 1024);
  });
});
