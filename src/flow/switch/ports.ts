/**
 * One spelling of a port for comparing: logs shorten what tables write out (`Gi1/0/7`, `GigabitEthernet1/0/7`), and Junos
 * adds the unit (`ge-0/0/7.0`). Two letters of the name tell types apart, three where two do not (`Twe`, `Two`).
 */
export function portKey(port: string): string {
  const plain = port.trim().toLowerCase();
  const cisco = /^([a-z][a-z-]{0,40}?) ?(\d[\d/]{0,40}(?:\.\d{1,5})?)$/.exec(plain);
  if (cisco === null || /^[a-z]{2}-$/.test(cisco[1] ?? '')) return plain.replace(/\.0$/, '');
  const name = (cisco[1] ?? '').replace(/-/g, '');
  return `${name.startsWith('tw') ? name.slice(0, 3) : name.slice(0, 2)}${cisco[2] ?? ''}`;
}
