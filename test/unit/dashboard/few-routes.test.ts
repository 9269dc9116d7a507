/** Which of many routes the dashboard shows at first. */
import { expect, it } from "vitest";
import { fewOf } from "../../../dashboard/src/few-routes.ts";

const routes = Array.from({ length: 40 }, (_, n) => ({ id: `r${n}` }));
const ids = routes.map(({ id }) => id);

it("shows the first eight and those that are ill, in order, and says how many ill ones are left out", () => {
  expect(fewOf(routes.slice(0, 12), [])).toEqual({ few: routes.slice(0, 12), hiddenIll: 0 });
  expect(fewOf(routes, ids)).toEqual({ few: routes.slice(0, 8), hiddenIll: 0 });
  expect(
    fewOf(
      routes,
      ids.filter((id) => id !== "r2" && id !== "r30"),
    ),
  ).toEqual({
    few: [...routes.slice(0, 8), routes[30]],
    hiddenIll: 0,
  });
  expect(fewOf(routes, [])).toEqual({ few: routes.slice(0, 20), hiddenIll: 20 });
});
