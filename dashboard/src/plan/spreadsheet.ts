import type { PlanInputs } from "../../../planner/inputs.ts";
import { planSheets } from "../../../planner/plan-sheets.ts";
import { xlsxOf } from "../../../planner/workbook.ts";

export async function spreadsheetOf(inputs: PlanInputs): Promise<Blob> {
  const bytes = await xlsxOf(planSheets(inputs));
  return new Blob([Uint8Array.from(bytes)], {
    type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  });
}
