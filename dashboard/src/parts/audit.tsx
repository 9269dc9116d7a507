import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api.ts";
import { type Change, changeInWords } from "../change-words.ts";
import { moment } from "../words.ts";

/** Who changed what, in words; what was sent is behind each line. `changed`: grows with everything that is done on this page. */
export function Audit({ api, changed }: { readonly api: Api; readonly changed: number }) {
  const [changes, setChanges] = useState<readonly Change[] | null>(null);
  useEffect(() => {
    api.get<{ changes: readonly Change[] }>("/admin/audit?limit=20").then(
      (found) => setChanges(found.changes),
      () => setChanges(null),
    );
  }, [api, changed]);
  return (
    <section class="whole" aria-labelledby="audit">
      <h2 id="audit">Who changed what</h2>
      {changes === null && <p class="quiet">The trail cannot be read right now.</p>}
      {changes?.length === 0 && <p class="quiet">Nobody changed anything yet.</p>}
      <ul class="plain trail">
        {(changes ?? []).map((change) => (
          <Line key={`${change.at} ${change.what} ${change.detail}`} change={change} />
        ))}
      </ul>
    </section>
  );
}

function Line({ change }: { readonly change: Change }) {
  const { at, who, what, status, detail } = change;
  return (
    <li>
      <details>
        <summary>
          <strong>{who}</strong> {changeInWords(change)}{" "}
          {status >= 400 && (
            <span class="bad">
              {status >= 500 ? "and failed" : "and was refused"} ({status})
            </span>
          )}
          <time class="why" dateTime={at}>
            {moment(Date.parse(at))}
          </time>
        </summary>
        <code>
          {what} {detail}
        </code>
      </details>
    </li>
  );
}
