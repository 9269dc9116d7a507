import { useEffect, useState } from "preact/hooks";
import { INPUT_TABLE, type InputEntry } from "../../../planner/input-table.ts";
import {
  type Input,
  INPUT_NAMES,
  KIND_FIELD_NAMES,
  KIND_FIELDS,
  type PlanInputs,
  ROUTE_FIELD_NAMES,
  ROUTE_FIELDS,
} from "../../../planner/inputs.ts";

/** Null: it is taken; otherwise what was expected. */
type Change = (name: string, value: string) => string | null;

interface Props {
  readonly inputs: PlanInputs;
  readonly change: Change;
}

/** What every plan is about; the rest is folded. */
const FIRST: ReadonlySet<(typeof INPUT_NAMES)[number]> = new Set([
  "monthlyRequests",
  "peakPerSecond",
  "streamedPercent",
  "streamEvents",
]);

/** Everything that may be changed, under the names that `lisbon plan --set` takes. */
export function Inputs({ inputs: { general, kinds, routes }, change }: Props) {
  const others = INPUT_NAMES.filter((name) => !FIRST.has(name));
  const assumed = others.filter((name) => INPUT_TABLE[name].source === undefined);
  const known = others.filter((name) => INPUT_TABLE[name].source !== undefined);
  const field = (name: (typeof INPUT_NAMES)[number]) => (
    <Field key={name} name={name} label={name} input={general[name]} entry={INPUT_TABLE[name]} change={change} />
  );
  return (
    <section aria-labelledby="plan-inputs">
      <h2 id="plan-inputs">Inputs</h2>
      <p class="quiet">Whatever says “assumed” is a guess: begin there. Nothing here changes the service.</p>
      <details open>
        <summary>Calls</summary>
        <div class="fields">{[...FIRST].map(field)}</div>
      </details>
      {kinds.map(({ kind, fields }) => (
        <details key={kind}>
          <summary>Kind {kind}</summary>
          <div class="fields">
            {KIND_FIELD_NAMES.map((name) => (
              <Field
                key={name}
                name={`kind.${kind}.${name}`}
                label={name}
                input={fields[name]}
                entry={KIND_FIELDS[name]}
                change={change}
              />
            ))}
          </div>
        </details>
      ))}
      {routes.map(({ id, fields }) => (
        <details key={id}>
          <summary>Route {id}</summary>
          <div class="fields">
            {ROUTE_FIELD_NAMES.map((name) => (
              <Field
                key={name}
                name={`route.${id}.${name}`}
                label={name}
                input={fields[name]}
                entry={ROUTE_FIELDS[name]}
                change={change}
              />
            ))}
          </div>
        </details>
      ))}
      <details>
        <summary>Failures, queue, isolates and objects</summary>
        <div class="fields">{assumed.map(field)}</div>
      </details>
      <details>
        <summary>Prices of services, and benchmarks</summary>
        <div class="fields">{known.map(field)}</div>
      </details>
    </section>
  );
}

interface FieldProps {
  /** As `--set` takes it. */
  readonly name: string;
  readonly label: string;
  readonly input: Input;
  readonly entry: InputEntry;
  readonly change: Change;
}

function Field({ name, label, input, entry, change }: FieldProps) {
  const [text, setText] = useState(String(input.value));
  const [problem, setProblem] = useState<string | null>(null);
  const about = `about ${name}`.replaceAll(/[^\w]/g, "-");
  // Set from elsewhere: begun again.
  useEffect(() => {
    setText((before) => (Number(before) === input.value ? before : String(input.value)));
    setProblem(null);
  }, [input]);
  return (
    <div class="field">
      <label>
        {label} <span class="why">{entry.unit}</span>
        <input
          inputMode="decimal"
          value={text}
          aria-describedby={about}
          aria-invalid={problem !== null}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            setProblem(change(name, currentTarget.value));
          }}
        />
      </label>
      <p class="why" id={about}>
        {problem === null ? `${entry.note} (${input.source})` : <span class="bad">{problem}</span>}
      </p>
    </div>
  );
}
