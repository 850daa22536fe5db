/** True when the address' interface identifier is the modified EUI-64 of this MAC (RFC 4291 2.5.1, appendix A). */
export function madeFrom(address: string, mac: number): boolean {
  if (address.length !== 16) return false;
  const high = Math.floor(mac / 16777216);
  const low = mac % 16777216;
  return (
    byte(address, 8) === (((high >>> 16) & 255) ^ 2) &&
    byte(address, 9) === ((high >>> 8) & 255) &&
    byte(address, 10) === (high & 255) &&
    byte(address, 11) === 0xff &&
    byte(address, 12) === 0xfe &&
    byte(address, 13) === ((low >>> 16) & 255) &&
    byte(address, 14) === ((low >>> 8) & 255) &&
    byte(address, 15) === (low & 255)
  );
}

function byte(address: string, at: number): number {
  return address.charCodeAt(at);
}
