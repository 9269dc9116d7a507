/** The planner: `lisbon plan` in the browser, with the deployed map and what was measured. A file of its own. */
import { useEffect, useState } from "preact/hooks";
import { changeInput } from "../../../planner/change-input.ts";
import type { PlanInputs } from "../../../planner/inputs.ts";
import { planOf } from "../../../planner/plan.ts";
import type { Api } from "../api.ts";
import { Inputs } from "./inputs.tsx";
import { Outputs } from "./outputs.tsx";
import { startingInputs, type Start } from "./starting-inputs.ts";

export function PlanPage({ api }: { readonly api: Api }) {
  const [start, setStart] = useState<Start | null>(null);
  const [inputs, setInputs] = useState<PlanInputs | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    startingInputs(api).then(
      (found) => {
        setStart(found);
        setInputs(found.inputs);
      },
      (cause: unknown) => setProblem(cause instanceof Error ? cause.message : String(cause)),
    );
  }, [api]);

  if (start === null || inputs === null) {
    return (
      <main class="aside">
        {problem === null ? <p class="quiet">Looking …</p> : <p class="problem">No plan can be made: {problem}</p>}
      </main>
    );
  }
  const change = (name: string, value: string): string | null => {
    const changed = changeInput(inputs, `${name}=${value}`);
    if (!changed.ok) return changed.failure;
    setInputs(changed.value);
    return null;
  };
  return (
    <main class="board plan">
      <div>
        <Outputs inputs={inputs} plan={planOf(inputs)} unmeasured={start.unmeasured} />
        <section aria-labelledby="plan-keep">
          <h2 id="plan-keep">Keep it</h2>
          <p>
            A spreadsheet whose outputs follow its inputs, as <code>lisbon plan --xlsx</code> writes it.
          </p>
          <div class="buttons">
            <button type="button" disabled={inputs === start.inputs} onClick={() => setInputs(start.inputs)}>
              Begin again
            </button>
            <button
              type="button"
              class="main"
              onClick={() =>
                void download(inputs).then(
                  () => setProblem(null),
                  () => setProblem("It could not be written. Reload the page to try again."),
                )
              }
            >
              Download .xlsx
            </button>
          </div>
          {problem !== null && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
        </section>
      </div>
      <div>
        <Inputs inputs={inputs} change={change} />
      </div>
    </main>
  );
}

/** What writes it comes only now: it is as large as the rest of the page. */
async function download(inputs: PlanInputs): Promise<void> {
  const { spreadsheetOf } = await import("./spreadsheet.ts");
  const url = URL.createObjectURL(await spreadsheetOf(inputs));
  const link = document.createElement("a");
  link.href = url;
  link.download = "lisbon-plan.xlsx";
  link.click();
  URL.revokeObjectURL(url);
}
