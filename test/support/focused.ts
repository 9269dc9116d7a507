import type { Page } from "playwright-core";

/** What the focused element is called. */
export function focused(page: Page): Promise<string> {
  return page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent");
}
