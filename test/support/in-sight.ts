import type { Locator } from "playwright-core";

/** Whether all of it is within the window as that stands, and nothing lies over it. */
export async function isInSight(button: Locator): Promise<boolean> {
  return await button.evaluate((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    // Within its round corners.
    const corners = [left + 8, right - 8].flatMap((x) => [top + 8, bottom - 8].map((y) => [x, y] as const));
    return corners.every(([x, y]) => element.contains(element.ownerDocument.elementFromPoint(x, y)));
  });
}
