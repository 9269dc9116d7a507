import axe from "axe-core";
import type { Page } from "playwright-core";
import * as z from "zod";

const Found = z.object({
  violations: z.array(z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

/** What axe-core finds wrong with the page as it stands, by WCAG 2.2 A and AA: a line each. */
export async function accessibilityProblems(page: Page): Promise<readonly string[]> {
  // In the page's own world, past its content security policy.
  await page.evaluate(axe.source);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const found = await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(tags)} })`);
  return Found.parse(found).violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help}: ${html}`),
  );
}
