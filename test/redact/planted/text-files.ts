/** Plants of logs, structured files and archives. */
import { gzipSync } from 'node:zlib';
import { ip4, mac, utf8 } from '../../support/bytes.ts';
import { logLines, type Line } from './log-lines.ts';
import { text } from './marks.ts';
import type { Mark, Planter } from './planter.ts';
import { MACHINES, START, type Machine } from './site.ts';
import * as spell from './spelling.ts';
import { tarOf } from './tar.ts';

export function plantTexts(planter: Planter): void {
  const all = logLines();
  const put = (
    name: string,
    content: string,
    first: number,
    step: number,
    lines: readonly Line[],
    spelled: (text: string) => string,
  ): void => {
    const whole = utf8(content);
    planter.files.push({ name, bytes: whole });
    const rows = content.split('\n');
    for (const [i, { what, pitfall, marks }] of lines.entries()) {
      const unit = first + i * step;
      const said = marks.map((mark) => ({ ...mark, needle: spelled(String(mark.needle)) }));
      planter.plant(name, unit, what, pitfall, utf8(rows[unit - 1] ?? ''), said);
    }
  };
  const same = (value: string): string => value;
  const quoted = (value: string): string => JSON.stringify(value).slice(1, -1);
  put('plain.log', `${all.map((one) => one.line).join('\n')}\n`, 1, 1, all, same);
  put('windows.log', all.map((one) => one.line).join('\r\n'), 1, 1, all, same);
  put(
    'journal.json',
    `${all.map((one) => JSON.stringify({ _HOSTNAME: 'rackhost', MESSAGE: one.line })).join('\n')}\n`,
    1,
    1,
    all,
    quoted,
  );
  put(
    'events.csv',
    `id,message,note\n${all.map((one, i) => `${i},"${one.line.replaceAll('"', '""')}",x`).join('\n')}\n`,
    2,
    1,
    all,
    (value) => value.replaceAll('"', '""'),
  );
  put(
    'pretty.json',
    JSON.stringify({ entries: all.map((one) => ({ message: one.line })) }, null, 2),
    4,
    3,
    all,
    quoted,
  );
  put(
    'user-data.yaml',
    `#cloud-config\nnotes:\n${all.map((one) => `  - note: ${JSON.stringify(one.line)}\n`).join('')}`,
    3,
    1,
    all,
    quoted,
  );
  const entries = all.map(
    (one, i) =>
      `__REALTIME_TIMESTAMP=${START}${String(i).padStart(6, '0')}\n_HOSTNAME=rackhost\nMESSAGE=${one.line}\n\n`,
  );
  put('journal.export', entries.join(''), 3, 4, all, same);
  files(planter);
  archives(planter, all);
}

/** Whole files as programs write them: what is planted is looked for in all of the file. */
function files(planter: Planter): void {
  const whole = (name: string, content: string, marks: readonly Mark[]): void => {
    planter.files.push({ name, bytes: utf8(content) });
    planter.plant(
      name,
      0,
      'file',
      13,
      utf8(content),
      marks.map((mark) => ({ ...mark, carrier: 'text' })),
    );
  };
  const both = (m: Machine): Mark[] => [
    { ...text('mac', m.mac, 'colons'), pitfall: 1 },
    { ...text('ipv4', m.ip, 'dotted'), pitfall: 2 },
    text('hostname', m.name),
  ];
  const leases = MACHINES.map(
    (m) =>
      `lease ${m.ip} {\n  starts 0 2026/11/22 15:47:25;\n  hardware ethernet ${m.mac};\n  uid "${spell.leaseUid(m.mac)}";\n  set vendor-class-identifier = "PXEClient";\n  option agent.circuit-id "${m.circuit}";\n  option agent.remote-id ${spell.hexOf(mac(m.mac)).replace(/(..)(?=.)/g, '$1:')};\n  client-hostname "${m.name}";\n}\n`,
  ).join('');
  whole(
    'dhcpd.leases',
    leases,
    MACHINES.flatMap((m) => [
      ...both(m),
      text('mac', spell.leaseUid(m.mac).slice(4), 'octal uid'),
      text('circuit-id', m.circuit),
    ]),
  );
  const conf = MACHINES.map(
    (m) =>
      `host ${m.name} {\n  hardware ethernet ${m.mac};\n  fixed-address ${m.ip};\n  option host-name "${m.name}";\n  filename "${m.file}";\n  # asked for by ${m.user}\n}\n`,
  ).join('');
  whole(
    'dhcpd.conf',
    `omapi-key omapi_key;\nkey omapi_key { algorithm hmac-md5; secret "Yf2BqkPVyTnC0HZ0qLq+jw=="; };\n${conf}`,
    [
      text('secret', 'Yf2BqkPVyTnC0HZ0qLq+jw=='),
      ...MACHINES.flatMap((m) => [...both(m), text('filename', m.file), text('username', m.user, 'in a comment')]),
    ],
  );
  whole(
    'netplan.yaml',
    `network:\n  ethernets:\n${MACHINES.map((m) => `    ${m.name}:\n      match: {macaddress: '${m.mac}'}\n      addresses: [${m.ip}/24, '${m.ip6}/64']\n      nameservers: {search: [bluthworks.example]}\n`).join('')}  wifis:\n    w0:\n      access-points:\n        "x": {password: "${MACHINES[0]?.secret ?? ''}"}\n`,
    [
      ...MACHINES.flatMap((m) => [...both(m).slice(0, 2), text('ipv6', m.ip6)]),
      text('domain', 'bluthworks'),
      text('secret', MACHINES[0]?.secret ?? ''),
    ],
  );
  whole(
    'nft.txt',
    MACHINES.map((m) => `    ip saddr ${m.ip} ether saddr ${m.mac} accept comment "jump host of ${m.name}"\n`).join(''),
    MACHINES.flatMap(both),
  );
  whole(
    'ip-addr.txt',
    MACHINES.map(
      (m, i) =>
        `${i + 2}: ens${i}: <UP> mtu 1500\n    link/ether ${m.mac} brd ff:ff:ff:ff:ff:ff\n    inet ${m.ip}/24 scope global ens${i}\n    inet6 fe80::${spell.euiText(m.mac)}/64 scope link\n`,
    ).join(''),
    MACHINES.flatMap((m) => [...both(m).slice(0, 2), text('mac', spell.euiText(m.mac), 'EUI-64')]),
  );
  whole(
    'neigh.txt',
    MACHINES.map((m) => `${m.ip} dev eth0 lladdr ${m.mac} REACHABLE\n`).join(''),
    MACHINES.flatMap((m) => both(m).slice(0, 2)),
  );
  whole(
    'ss.txt',
    MACHINES.map((m) => `tcp ESTAB 0 0 ${m.ip}:22 [${m.ip6}]:51234 users:(("sshd",pid=9,fd=4))\n`).join(''),
    MACHINES.flatMap((m) => [text('ipv4', m.ip), text('ipv6', m.ip6)]),
  );
  whole(
    'switch.txt',
    MACHINES.map(
      (m) =>
        `  10    ${spell.dotted(m.mac)}    DYNAMIC     Gi1/0/7\nInternet  ${m.ip}   5   ${spell.dotted(m.mac)}  ARPA   Vlan10\nhostname ${m.name}\nusername ${m.user} privilege 15 secret 5 $1$mERr$${m.serial}rPNoS4wqbXKX7m0\n`,
    ).join(''),
    MACHINES.flatMap((m) => [
      text('mac', spell.dotted(m.mac), 'Cisco dots'),
      text('ipv4', m.ip),
      text('hostname', m.name),
      text('username', m.user),
      text('secret', `${m.serial}rPNoS4wqbXKX7m0`),
    ]),
  );
  whole(
    'machines.json',
    JSON.stringify(
      MACHINES.map((m, i) => ({
        system_id: `4y3h7${i}`,
        hostname: m.name,
        fqdn: `${m.name}.bluthworks.example`,
        hardware_uuid: m.uuid,
        boot_interface: { mac_address: m.mac, links: [{ ip_address: m.ip }] },
        power_parameters: { power_pass: m.secret, power_user: m.user },
        hardware_info: { system_serial: m.serial },
      })),
    ),
    MACHINES.flatMap((m) => [
      ...both(m),
      text('uuid', m.uuid),
      text('secret', m.secret),
      text('username', m.user),
      text('serial', m.serial),
    ]),
  );
  const blob = spell.base64(utf8(MACHINES.map((m) => `${m.name} ${m.mac} ${m.ip} ${m.secret}\n`).join('')));
  whole('cloud-config.txt', `#cloud-config\nwrite_files:\n- encoding: b64\n  content: ${blob}\n`, [
    { ...text('secret', blob.slice(0, 40), 'base64 of a file'), pitfall: 16 },
  ]);
  const wide = Buffer.from(MACHINES.map((m) => `${m.name} ${m.mac} ${m.ip}\r\n`).join(''), 'utf16le');
  const file = Buffer.concat([Buffer.from([0xff, 0xfe]), wide]);
  planter.files.push({ name: 'windows-utf16.log', bytes: file });
  for (const m of MACHINES) {
    planter.plant('windows-utf16.log', 0, 'file', 16, file, [
      { kind: 'hostname', spelling: 'UTF-16', needle: Buffer.from(m.name, 'utf16le'), carrier: 'never' },
      { kind: 'mac', spelling: 'UTF-16', needle: Buffer.from(m.mac, 'utf16le'), carrier: 'never' },
      { kind: 'ipv4', spelling: 'UTF-16', needle: Buffer.from(m.ip, 'utf16le'), carrier: 'never' },
    ]);
  }
  const binary = Buffer.concat(
    MACHINES.map((m) => Buffer.concat([Buffer.from([0, 1, 2, 0]), mac(m.mac), ip4(m.ip), utf8(m.name)])),
  );
  planter.files.push({ name: 'core.bin', bytes: binary });
  for (const m of MACHINES) {
    planter.plant('core.bin', 0, 'file', 14, binary, [
      { kind: 'mac', spelling: 'raw', needle: mac(m.mac), carrier: 'never' },
      { kind: 'hostname', spelling: 'text', needle: m.name, carrier: 'never' },
    ]);
  }
}

/** Archives in archives, and the names inside them. */
function archives(planter: Planter, all: readonly Line[]): void {
  const some = all.filter((_one, i) => i % 9 === 0);
  const log = utf8(`${some.map((one) => one.line).join('\n')}\n`);
  const name = 'var/log/egretmember/auth.log';
  const owner = 'egretowner';
  const inner = gzipSync(tarOf([{ name, owner, bytes: log }]));
  const forms: readonly [string, Uint8Array][] = [
    ['logs.gz', gzipSync(log)],
    ['logs.gz.gz', gzipSync(gzipSync(log))],
    ['logs.tar', tarOf([{ name, owner, bytes: log }])],
    [
      'sos-quartzbridge.tar.gz',
      gzipSync(
        tarOf([
          { name: 'inner.tgz', owner, bytes: inner },
          { name: 'auth.log.1.gz', owner, bytes: gzipSync(log) },
        ]),
      ),
    ],
  ];
  for (const [file, bytes] of forms) {
    planter.files.push({ name: file, bytes });
    for (const one of some) {
      planter.plant(
        file,
        0,
        one.what,
        14,
        log,
        one.marks.map((mark) => ({ ...mark, pitfall: 14 })),
      );
    }
    if (!file.includes('tar')) continue;
    planter.plant(file, 0, 'member name', 14, utf8(name), [
      { kind: 'filename', spelling: 'text', needle: 'egretmember', carrier: 'never' },
    ]);
    planter.plant(file, 0, 'member owner', 14, utf8(owner), [
      { kind: 'username', spelling: 'text', needle: owner, carrier: 'never' },
    ]);
  }
}
