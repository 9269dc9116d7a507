/** The files that take longest begin first, so that none of them runs alone at the end. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** By their time in a run on two cores; in a fresh clone nobody knows it. A name that is gone does no harm. */
const LONGEST = [
  "e2e/every-cut-continued",
  "e2e/lisbon-test",
  "e2e/cold-modes",
  "isolates/pause",
  "e2e/python-client-product",
  "contract/cold-crowd-faults",
  "contract/cold-crowd",
  "e2e/start",
  "e2e/cli-deploy",
  "isolates/cold-outages",
  "e2e/drill",
  "e2e/client-js",
  "e2e/python-client-readme",
  "e2e/cold-faults",
  "isolates/breaker",
  "e2e/every-cut-completed",
  "unit/stream/complete-for-clients",
  "unit/breaker/fleet",
  "e2e/documented-commands",
  "isolates/cache",
].map((name) => `test/${name}.test.ts`);

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- vitest's own method, not an array's
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.replaceAll("\\", "/").endsWith(name));
  return place === -1 ? LONGEST.length : place;
}
