/** What the Worker's own code takes from its platform, and Node has not, or only of late. What is there stays. */
export function provideWorkerdParts(): void {
  if (!("IdentityTransformStream" in globalThis)) Reflect.set(globalThis, "IdentityTransformStream", IdentityPipe);
  if (!("toHex" in Uint8Array.prototype)) {
    // eslint-disable-next-line no-extend-native -- the standard's own method, where it is missing
    Object.defineProperty(Uint8Array.prototype, "toHex", { value: toHex, writable: true, configurable: true });
  }
}

/**
 * A pipe whose writer is told when its reader has taken what it wrote: with no
 * room between the two, the standard's own transform is that.
 * https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream/#identitytransformstream
 */
class IdentityPipe extends TransformStream<Uint8Array, Uint8Array> {
  constructor() {
    super({}, { highWaterMark: 0 }, { highWaterMark: 0 });
  }
}

/** Node has it from 25 on. https://tc39.es/ecma262/multipage/indexed-collections.html#sec-uint8array.prototype.tohex */
function toHex(this: Uint8Array): string {
  return Array.from(this, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
