/** What workerd has and Node has not; Node's tests compile the files that use it, and never run that code. */
declare class IdentityTransformStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}
type ReadableStreamReadResult<Value> =
  | { readonly done: false; readonly value: Value }
  | { readonly done: true; readonly value: Value | undefined };
/** As much of a Durable Object's SQL as tables use; `sql-storage.ts` has it for Node. */
type SqlStorageValue = ArrayBuffer | string | number | null;
interface SqlStorageCursor<Row extends Record<string, SqlStorageValue>> {
  toArray(): Row[];
  one(): Row;
}
interface SqlStorage {
  exec<Row extends Record<string, SqlStorageValue>>(
    query: string,
    ...bindings: readonly SqlStorageValue[]
  ): SqlStorageCursor<Row>;
}
