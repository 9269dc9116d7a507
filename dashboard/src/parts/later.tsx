import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";

interface LaterProps<Props> {
  /** As a sentence names it. */
  readonly what: string;
  readonly load: () => Promise<FunctionComponent<Props>>;
  readonly props: Props;
}

/** A part whose script is asked for once the rest is shown. */
export function Later<Props extends object>({ what, load, props }: LaterProps<Props>) {
  const [Part, setPart] = useState<FunctionComponent<Props> | null>(null);
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    load().then(
      (loaded) => setPart(() => loaded),
      () => setLost(true),
    );
  }, [load]);
  if (isLost) return <p class="quiet aside">The {what} did not load. Reload the page to try again.</p>;
  return Part === null ? <p class="quiet aside">Looking …</p> : <Part {...props} />;
}
