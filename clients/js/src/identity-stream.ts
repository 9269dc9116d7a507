/**
 * The one piece of workerd's that the Worker's streams need and Node has not: a
 * pipe whose writer is told when its reader has taken what it wrote. With no
 * room between the two, the standard's own transform is that.
 * https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream/#identitytransformstream
 */
class IdentityPipe extends TransformStream<Uint8Array, Uint8Array> {
  constructor() {
    super({}, { highWaterMark: 0 }, { highWaterMark: 0 });
  }
}

/** As the global that it is on workerd; where there is one, it stays. */
export function provideIdentityStream(): void {
  if (!("IdentityTransformStream" in globalThis)) Reflect.set(globalThis, "IdentityTransformStream", IdentityPipe);
}
