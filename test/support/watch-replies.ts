/** A setup file: what the tests of a file read over HTTP is searched for secrets too. */
import { afterAll, expect } from "vitest";
import { lookForSecrets, secretsFound, watches } from "./secret-watch.ts";

const real = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const response = await real(input, init);
  const url = input instanceof Request ? input.url : String(input);
  const type = response.headers.get("content-type") ?? "";
  // A stream is read by its test as it comes; what it says is in the log and in its unstreamed twin.
  if (!watches() || response.body === null || type.includes("event-stream")) return response;
  for (const [name, value] of response.headers) lookForSecrets(`${name} of ${url}`, value);
  const text = response.clone().text();
  void text.then(
    (body) => lookForSecrets(`the reply of ${url}`, body),
    () => undefined,
  );
  return response;
};

afterAll(() => {
  expect(secretsFound()).toEqual([]);
});
