/**
 * Reads an error's stack once, so that V8 lets go of the frames that it was
 * thrown through: until then they keep whatever ran in them. workerd keeps the
 * error of a stream that broke for as long as the stream is there, and where a
 * frame's object has that stream, neither is ever freed. Measured on
 * 2026-11-21: 22 KiB for each stream that a provider had cut (bench/README.md).
 */
export function dropFrames(cause: unknown): void {
  if (cause instanceof Error) void cause.stack;
}
