/** What workerd has and Node has not; Node's tests compile the files that use it, and never run that code. */
declare class IdentityTransformStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}
type ReadableStreamReadResult<Value> =
  | { readonly done: false; readonly value: Value }
  | { readonly done: true; readonly value: Value | undefined };
