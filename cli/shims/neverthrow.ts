/**
 * QStash's client brings `neverthrow` for its workflows, which this Worker has
 * none of. Should a later version use it for messages, the tests say so.
 */
export function ok(): never {
  throw new Error("QStash's workflows are not part of this Worker");
}

export function err(): never {
  return ok();
}
