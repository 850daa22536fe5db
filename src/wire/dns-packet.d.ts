/** The part of `dns-packet` 5 that is used here; it brings no types. */
declare module 'dns-packet' {
  /** Decodes a domain name with compression at `offset` of a whole message; throws on anything wrong. */
  export const name: {
    decode: ((message: Buffer, offset: number) => string) & {
      /** Bytes that the last decoded name took at its own place. */
      bytes: number;
    };
  };
}
declare module 'dns-packet/types.js' {
  export function toString(type: number): string;
}
declare module 'dns-packet/rcodes.js' {
  export function toString(rcode: number): string;
}
