import { expect, it } from "vitest";
import { errorInBody, errorInEvent } from "../../../src/providers/error-inside.ts";
import type { Provider } from "../../../src/providers/provider.ts";
import { STAMP } from "../../support/providers.ts";

const seen: number[] = [];
const fromError: Provider["fromError"] = (_status, _headers, _body, now) => {
  seen.push(now);
  return { kind: "quota_exhausted", detail: "" };
};

it("counts a reset that an error inside a 200 names from when the attempt began", () => {
  const error = { error: { message: "You will regain access on 2025-11-24 at 16:02 UTC" } };

  errorInBody(error, fromError, STAMP);
  errorInEvent({ event: "error", data: JSON.stringify(error) }, error, fromError, STAMP);

  expect(seen).toEqual([STAMP.createdSeconds * 1000, STAMP.createdSeconds * 1000]);
});
