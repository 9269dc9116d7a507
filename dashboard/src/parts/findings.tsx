import type { WatchReport } from "../view.ts";

/** What is wrong and what to do about it, where anything is. */
export function Findings({ watch }: { readonly watch: WatchReport | null | undefined }) {
  if (!watch || watch.findings.length === 0) return null;
  return (
    <section class="findings" aria-labelledby="findings">
      <h2 id="findings">What is wrong</h2>
      <ul class="plain">
        {watch.findings.map(({ key, title, why, nextAction }) => (
          <li key={key}>
            <strong>{title}</strong>
            <p class="why">{why}</p>
            <p>
              <b>Next:</b> {nextAction}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
