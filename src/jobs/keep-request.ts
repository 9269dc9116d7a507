import type { JobTables } from "./job-tables.ts";
import type { JobWork } from "./job.ts";

type Asked = Pick<JobWork, "request" | "native">;

/** What was asked for, each form as a body of its own; what an earlier job left under this id goes. */
export function keepRequest({ request, native }: Asked, tables: JobTables): void {
  tables.erase();
  tables.dropHistory();
  tables.saveBody("request", JSON.stringify(request));
  if (native !== null) tables.saveBody("native", JSON.stringify(native));
}

export function keptRequest(tables: JobTables): Asked {
  const [request, native] = [tables.body("request"), tables.body("native")];
  if (request === null) throw new Error("a job without its request is to be run");
  return { request: JSON.parse(request), native: native === null ? null : JSON.parse(native) };
}
