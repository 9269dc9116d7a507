/** A notice's link, used as a browser uses it: a page with a form, and the form sent. */
import { fail, ok, type Result } from "../../src/lib/result.ts";

export interface ActForm {
  readonly url: string;
  readonly token: string;
}

/** The page must show what was asked: nobody answers what they cannot read. */
export async function openLink(link: string, question: string, signal: AbortSignal): Promise<Result<ActForm, string>> {
  const opened = await fetch(link, { signal });
  const page = await opened.text();
  if (opened.status !== 200) return fail(`GET answered ${opened.status}`);
  if (!page.includes(question)) return fail("the page does not show what was asked");
  const [, action] = /<form method="post" action="([^"]+)"/.exec(page) ?? [];
  const [, token] = /name="token"\s+value="([^"]+)"/.exec(page) ?? [];
  if (action === undefined || token === undefined) return fail("the page has no form");
  return ok({ url: new URL(action, link).href, token });
}

export async function sendForm(
  { url, token }: ActForm,
  text: string,
  signal: AbortSignal,
): Promise<Result<null, string>> {
  const sent = await fetch(url, {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token, text }),
    signal,
  });
  await sent.text();
  return sent.status === 200 ? ok(null) : fail(`POST answered ${sent.status}`);
}
