import { useState } from "preact/hooks";
import type { Api } from "../api.ts";
import type { LiveView } from "../view.ts";
import type { Action } from "./confirm.tsx";

interface Props {
  readonly view: LiveView;
  readonly api: Api;
  readonly ask: (action: Action) => void;
}

/** To pause, and the flags; what is paused stands at the top, with the way out. */
export function Switches({ view, api, ask }: Props) {
  const { pauses, overview } = view;
  return (
    <section aria-labelledby="switches">
      <h2 id="switches">Pause and flags</h2>
      {pauses === null && <p class="quiet">Nobody can say whether it is paused.</p>}
      {pauses !== null && <p>{pauses.length === 0 ? "Nothing is paused." : "What is paused stands at the top."}</p>}
      <PauseForm api={api} ask={ask} />
      <ul class="plain">
        {(overview?.flags ?? []).map(({ name, value, switched }) => (
          <li key={name} class="row">
            <div>
              <strong>{name}</strong>
              <p class="why">
                {value ? "on" : "off"}
                {switched ? ", switched by hand" : ", as the map says"}
              </p>
            </div>
            <button
              type="button"
              aria-label={`Switch ${value ? "off" : "on"} ${name}`}
              onClick={() => ask(flag(name, !value, api))}
            >
              Switch {value ? "off" : "on"}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function PauseForm({ api, ask }: Pick<Props, "api" | "ask">) {
  const [provider, setProvider] = useState("");
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        ask(pause(provider.trim(), api));
      }}
    >
      <label>
        Provider
        <input
          value={provider}
          placeholder="all of them"
          onInput={({ currentTarget }) => setProvider(currentTarget.value)}
        />
      </label>
      <button type="submit">Pause</button>
    </form>
  );
}

function pause(provider: string, api: Api): Action {
  const what = provider === "" ? "everything" : provider;
  return {
    title: `Pause ${what}?`,
    meaning: `New calls${provider === "" ? "" : ` to ${provider}`} wait until somebody resumes; running ones finish, and nothing is lost.`,
    button: `Pause ${what}`,
    danger: true,
    run: () => api.post("/admin/pause", provider === "" ? {} : { provider }),
  };
}

function flag(name: string, value: boolean, api: Api): Action {
  return {
    title: `Switch ${name} ${value ? "on" : "off"}?`,
    meaning: MEANINGS[name]?.[value ? "on" : "off"] ?? "Every isolate knows within 5 s.",
    button: `Switch ${value ? "on" : "off"}`,
    danger: !value,
    run: () => api.post("/admin/flags", { flags: { [name]: value } }),
  };
}

const MEANINGS: Readonly<Record<string, { readonly on: string; readonly off: string }>> = {
  enable_warm_fallback: {
    on: "Other providers are asked again when Hot does not answer.",
    off: "Only Hot is asked; when it does not answer, calls are queued or refused.",
  },
  enable_cold_queue: {
    on: "What nobody can answer is kept and answered later.",
    off: "Nothing more is parked: what nobody can answer is refused. Parked jobs go on.",
  },
};
