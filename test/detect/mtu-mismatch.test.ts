import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze, UNDECLARED } from '../../src/index.ts';
import { AccessPort } from '../support/access-port.ts';
import { concat, eth, icmp4, ipv4, u16, udp } from '../support/packets.ts';
import { SAMPLES } from '../support/samples.ts';
import { CLIENT, SERVER, TftpScene } from '../support/tftp.ts';

const ID = 'mtu-mismatch';
const ROUTER = '10.0.0.254';
const START = 1_700_000_000;

/** The router refuses a packet of this length from the server to the client. */
function refuses(port: AccessPort, length: number, mtu: number): AccessPort {
  const quoted = ipv4(
    { src: SERVER.ip, dst: CLIENT.ip, proto: 17, totalLength: length },
    udp({ sport: 40_000, dport: 2070 }, new Uint8Array(0)),
  );
  return icmp(port, 3, 4, concat(u16(0), u16(mtu), quoted));
}

function icmp(port: AccessPort, type: number, code: number, body: Uint8Array, from = ROUTER): AccessPort {
  const packet = ipv4({ src: from, dst: SERVER.ip, proto: 1 }, icmp4(type, code, body));
  return port.frame(eth({ src: '02:16:3e:00:00:fe', dst: SERVER.mac, type: 0x0800 }, packet));
}

/** A read that gets its agreement and nothing more, and the same file again with small blocks. */
function reads(again: boolean, blockSize = 8192): AccessPort {
  const scene = new TftpScene();
  scene.read(0, 'grub.efi', 2070, SERVER, { blksize: String(blockSize) });
  scene.send(0.1, SERVER, 40_000, CLIENT, 2070, concat(u16(6), new TextEncoder().encode(`blksize\0${blockSize}\0`)));
  scene.ack(0.2, 0);
  if (again) scene.whole(60, 'grub.efi', 3, 2071);
  scene.goesOn(200);
  const port = new AccessPort();
  for (const { time, bytes } of scene.frames) port.at(Number(time) - START).frame(bytes);
  return port;
}

describe('mtu-mismatch fires', () => {
  it('on a sender that does not listen to the router', () => {
    const port = new AccessPort();
    for (let i = 0; i < 6; i += 1) refuses(port.at(2 * i), 1500, 1400);
    const { ids, findings } = port.judged();
    expect(ids).toEqual([ID]);
    expect(findings[0]).toMatchObject({
      severity: 'medium',
      subject: { sender: SERVER.ip, receiver: CLIENT.ip },
      count: 6,
    });
    expect(findings[0]?.last.message).toContain('only 1400 fit');
  });

  it('on a read that stops at large blocks and works with small ones', () => {
    const { ids, findings } = reads(true).judged();
    expect(ids).toEqual([ID]);
    expect(findings[0]?.last.message).toBe(`Packets of 8224 bytes from ${SERVER.ip} do not reach ${CLIENT.ip}.`);
  });

  it('on a read that stops where a router had refused packets', () => {
    const { ids, findings } = refuses(reads(false, 1468).at(0.15), 1500, 1400).judged();
    expect(ids).toEqual([ID]);
    expect(findings[0]?.last.message).toContain('the path takes 1400');
  });

  it('on a host that waited for fragments in vain', () => {
    const quoted = ipv4({ src: SERVER.ip, dst: CLIENT.ip, proto: 17 }, udp({ sport: 1, dport: 2 }, new Uint8Array(8)));
    const { ids, findings } = icmp(new AccessPort(), 11, 1, concat([0, 0, 0, 0], quoted), CLIENT.ip).judged();
    expect(ids).toEqual([ID]);
    expect(findings[0]?.subject).toEqual({ sender: SERVER.ip, receiver: CLIENT.ip });
  });
});

describe('mtu-mismatch stays quiet', () => {
  it('on path MTU discovery that works: refused at once, then smaller', () => {
    const port = new AccessPort();
    for (let i = 0; i < 10; i += 1) refuses(port.at(i / 20), 1500, 1400);
    expect(port.judged().ids).toEqual([]);
    const narrower = refuses(refuses(refuses(new AccessPort(), 1500, 1400).at(5), 1400, 1300).at(9), 1300, 1280);
    expect(narrower.judged().ids).toEqual([]);
  });

  it('on a read that stops for reasons that are not seen: a coverage entry where blocks are large', () => {
    const { ids, coverage } = reads(false).judged();
    expect(ids).toEqual([]);
    expect(coverage.flatMap(({ undecided }) => undecided)).toContain(ID);
    expect(
      reads(false, 1408)
        .judged()
        .coverage.flatMap(({ undecided }) => undecided),
    ).not.toContain(ID);
  });
});

describe('mtu-mismatch between two vantage points', () => {
  const judged = async (sample: string): Promise<string[]> => {
    const at = (vantage: string): { vantage: string; files: string[] } => ({
      vantage,
      files: [join(SAMPLES, sample, `${vantage}.pcap`)],
    });
    const { findings } = await analyze([at('client'), at('rack')], { site: UNDECLARED, workers: 0 });
    return findings.filter(({ id }) => id === ID).map(({ message }) => message);
  };

  it('names them: large blocks pass the one and never come to the other, and small packets do', async () => {
    expect(await judged('link-mtu-fragments-dropped')).toEqual([
      'Packets of 1440 bytes from 198.51.100.2 to 203.0.113.100 are lost between rack and client; small ones pass.',
    ]);
  });

  it('is quiet where the blocks arrive in fragments', async () => {
    expect(await judged('link-mtu-fragments')).toEqual([]);
  });
});
