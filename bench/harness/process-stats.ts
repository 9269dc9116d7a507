/** What a process has used, from /proc; null where there is none (not Linux). */
import { readdirSync, readFileSync } from "node:fs";

/** Linux counts user time in hundredths of a second, on every machine. */
const TICK_MS = 10;

/** User and system time of all its threads. */
export function cpuMs(pid: number): number | null {
  const stat = read(`/proc/${pid}/stat`);
  // The name, in brackets, may hold spaces; utime and stime are the fields 14 and 15, counted from 1.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields === undefined ? null : (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The same in nanoseconds, for what takes few ticks; threads that have ended are not in it. */
export function fineCpuMs(pid: number): number | null {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const nanoseconds = threads.map((id) => Number(read(`/proc/${pid}/task/${id}/schedstat`)?.split(" ")[0]));
    return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
  } catch {
    return null;
  }
}

export function residentKiB(pid: number): number | null {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? "");
  return line === null ? null : Number(line[1]);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
