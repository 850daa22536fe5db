import { BoundedMap } from '../../flow/bounded.ts';
import type { Transfer, TransferEnd } from '../../flow/transfers/types.ts';
import { addressText, macText, safeText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';

/** Reads that stopped, by client and file. */
const MAX_STOPPED = 8192;
/** Above this a TFTP block of an IPv4 datagram does not fit an Ethernet frame: 1500 - 20 - 8 - 4. */
const LARGEST_UNFRAGMENTED = 1468;

export const tftpStalled: Detector = {
  id: 'tftp-stalled',
  title: 'A TFTP read stopped before its end',
  severity: 'medium',
  about:
    'A read began, or was asked for, and nothing more came although the capture goes on: the machine hangs in its loader. Something between the two drops packets: fragments of large blocks, the fresh port of the transfer in a firewall, or a dead server.',
  fires: [
    'blocks came and then none for longer than any client waits, before the last block, and the read was not repeated with success',
    'a request was repeated and never answered where an answer would have been seen',
  ],
  quiet: [
    'the same client reads the same file to its end afterwards',
    'the client ended the read itself (a size probe, OVMF)',
    'answers to this client do not pass this vantage, or the capture ends too early: a coverage entry',
  ],
  needs: ['ipv4', 'ipv6', 'filename', 'time', 'sizes'],
  references: ['RFC 1350 2', 'RFC 1350 7', 'RFC 2348', 'RFC 7440'],
  remedy: {
    runbook: '',
    steps: [
      'Capture on both sides of the firewall or router between client and server, and see on which the blocks (or the acknowledgements) are missing.',
      'Let the server answer from its fresh port: a firewall needs the TFTP connection-tracking helper or the high ports open.',
      'If the block size exceeds the path MTU less 32 bytes, cap it at the server (dnsmasq --tftp-no-blocksize, tftpd-hpa --blocksize 1468), or mend the MTU.',
    ],
    verify: ['The read completes; the number of blocks seen equals the file size divided by the block size.'],
  },
  start({ coverage }) {
    const stopped = new BoundedMap<string, { transfer: Transfer; end: TransferEnd; time: number; count: number }>(
      'tftp-stalled.reads',
      MAX_STOPPED,
    );
    return {
      on: {
        'transfer-end'({ transfer, end, time }) {
          if (transfer.protocol !== 'tftp' || transfer.write) return;
          const key = `${transfer.segment}/${transfer.client}/${transfer.file}`;
          if (end === 'complete' || end === 'refused') {
            stopped.delete(key);
            return;
          }
          if (end !== 'stalled' && end !== 'unanswered') return;
          if (!transfer.couldSeeReplies) {
            coverage.add({
              id: 'replies-not-visible',
              capture: transfer.request.capture,
              segment: transfer.segment,
              message:
                'TFTP requests without an answer, and no frame to these clients was ever seen here: answers may take another way',
              undecided: ['tftp-stalled'],
            });
            return;
          }
          const known = stopped.get(key);
          stopped.set(key, { transfer, end, time, count: (known?.count ?? 0) + 1 });
        },
      },
      end(emit) {
        for (const { transfer, end, time, count } of stopped.values()) {
          const who = `${addressText(transfer.client)}${transfer.clientMac < 0 ? '' : ` (${macText(transfer.clientMac)})`}`;
          const file = safeText(transfer.file);
          const server = addressText(transfer.server);
          const silence = Math.round((time - transfer.lastTime) / 1e6);
          const bare = end === 'unanswered';
          const evidence: EvidenceNote[] = [
            { kind: 'frame', sight: transfer.request, note: `asks ${server} for ${file}` },
            {
              kind: 'frame',
              sight: transfer.lastSight,
              note: bare
                ? `the last of ${transfer.requestCount} requests`
                : `the last packet of the read, at block ${transfer.lastBlock}`,
            },
            {
              kind: 'absence',
              capture: transfer.request.capture,
              from: transfer.lastTime,
              to: time,
              expected: bare ? `an answer from ${server}` : `block ${transfer.lastBlock + 1} from ${server}`,
            },
          ];
          emit({
            subject: { client: addressText(transfer.client), server, file },
            confidence: confidence(
              bare && transfer.requestCount < 2 ? 'possible' : 'likely',
              [
                bare ? `${transfer.requestCount} requests without an answer` : `no new block for ${silence} s`,
                'packets to this client are seen at this point',
                'the read was not repeated with success',
              ],
              ['a capture at the server'],
            ),
            message: bare
              ? `${server} never answered the request of ${who} for ${file} (${transfer.requestCount} tries)`
              : `the read of ${file} by ${who} from ${server} stopped after block ${transfer.lastBlock} (${transfer.bytes} bytes)${count > 1 ? `, ${count} times` : ''}`,
            segment: transfer.segment,
            time: transfer.firstTime,
            evidence,
            causes: causesOf(transfer, bare),
          });
        }
      },
      limits: () => [stopped.limit()].filter((limit) => limit !== undefined),
    };
  },
};

function causesOf(transfer: Transfer, bare: boolean): string[] {
  if (bare)
    return [
      'no TFTP server is running there',
      'a firewall drops the request or the answer',
      'the route back is missing',
    ];
  const causes = ['packets are lost on the way', 'the server died'];
  if (transfer.lastBlock === 0)
    causes.unshift('a firewall lets port 69 through and not the fresh ports of the transfer');
  if (transfer.blockSize > LARGEST_UNFRAGMENTED) {
    causes.unshift(`blocks of ${transfer.blockSize} bytes are fragmented, and fragments are dropped`);
  }
  return causes;
}
