/** What was started, to be ended in the opposite order, once, however the test ends. */
export class Cleanup {
  readonly #acts: (() => Promise<void> | void)[] = [];
  #ending: Promise<void> | null = null;

  add(act: () => Promise<void> | void): void {
    this.#acts.push(act);
  }

  /** What cannot be ended does not keep the rest. */
  run(): Promise<void> {
    this.#ending ??= this.#runAll();
    return this.#ending;
  }

  async #runAll(): Promise<void> {
    for (let act = this.#acts.pop(); act !== undefined; act = this.#acts.pop()) {
      try {
        await act();
      } catch (cause) {
        console.error(`not ended: ${cause instanceof Error ? cause.message : String(cause)}`);
      }
    }
  }
}
