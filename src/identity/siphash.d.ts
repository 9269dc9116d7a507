/** What we use of https://github.com/jedisct1/siphash-js, which has no types of its own. */
declare module "siphash" {
  const SipHash: {
    /** `key`: four 32-bit words. 16 hexadecimal digits. */
    hash_hex(key: Uint32Array, message: Uint8Array): string;
  };
  // oxlint-disable-next-line import/no-default-export -- as the package exports it
  export default SipHash;
}
