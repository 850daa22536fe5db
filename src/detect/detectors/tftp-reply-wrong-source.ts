import { BoundedMap } from '../../flow/bounded.ts';
import type { Transfer, TransferEnd, TransferSource } from '../../flow/transfers/types.ts';
import { addressText, macText, safeText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector } from '../detector.ts';
import type { Emission } from '../finding.ts';

/** Pairs of asked and answering address; a site has few TFTP servers. */
const MAX_PAIRS = 1024;

interface Candidate {
  transfer: Transfer;
  end: TransferEnd;
  time: number;
}

export const tftpReplyWrongSource: Detector = {
  id: 'tftp-reply-wrong-source',
  title: 'A TFTP server answers from another address than it was asked at',
  severity: 'medium',
  about:
    'The request went to one address and the answer came from another. Most firmware ignores such an answer, and firewalls drop it: the boot hangs. Usually a server with several addresses, or with a virtual one.',
  fires: ['the only answers to a request come from an address that was not asked'],
  quiet: [
    'the answer comes from the address that was asked, from any port',
    'a second machine answers as well: `tftp-rogue-server`',
  ],
  needs: ['ipv4', 'ipv6', 'mac', 'filename'],
  references: ['RFC 1350 4', 'RFC 1123 4.2.3.1'],
  remedy: {
    runbook: '',
    steps: [
      'Bind the TFTP server to the address that DHCP names (tftpd-hpa --address, dnsmasq --listen-address with --bind-interfaces).',
      'Or name the address that it answers from in siaddr / option 66.',
    ],
    verify: ['The first answer comes from the address in the request.'],
  },
  start() {
    const candidates = new BoundedMap<string, Candidate>('tftp-reply-wrong-source.pairs', MAX_PAIRS);
    return {
      on: {
        'transfer-end'({ transfer, end, time }) {
          const [source] = transfer.sources;
          if (transfer.protocol !== 'tftp' || source === undefined || source.ip === transfer.server) return;
          const key = `${transfer.segment}/${transfer.server}/${source.ip}`;
          if (!candidates.has(key)) candidates.set(key, { transfer, end, time });
        },
      },
      end(emit) {
        for (const { transfer, end, time } of candidates.values()) {
          // A second machine answered as well, before or after: that is another finding.
          const [source, ...more] = transfer.sources;
          if (source !== undefined && more.length === 0) emit(emissionOf(transfer, source, end, time));
        }
      },
      limits: () => [candidates.limit()].filter((limit) => limit !== undefined),
    };
  },
};

function emissionOf(transfer: Transfer, source: TransferSource, end: TransferEnd, time: number): Emission {
  const sameMachine = source.mac >= 0 && source.mac === transfer.serverMac;
  const asked = addressText(transfer.server);
  const answered = addressText(source.ip);
  const file = safeText(transfer.file);
  return {
    subject: { asked, answered },
    confidence: confidence(
      'certain',
      [
        'no answer came from the address that was asked',
        sameMachine ? 'both addresses are behind one MAC' : 'the MAC differs as well: a router or another machine',
      ],
      sameMachine ? [] : ['the addresses of the TFTP server', 'a capture at the server'],
    ),
    message: `${addressText(transfer.client)} asked ${asked} for ${file} and was answered by ${answered}${source.mac < 0 ? '' : ` (${macText(source.mac)})`}${end === 'complete' ? ', and took it' : ''}`,
    segment: transfer.segment,
    time,
    evidence: [
      { kind: 'frame', sight: transfer.request, note: `asks ${asked} for ${file}` },
      { kind: 'frame', sight: source.sight, note: `${source.kind} from ${answered}` },
    ],
    causes: [
      'a server with several addresses',
      'a virtual address that the server does not answer from',
      'address translation',
    ],
  };
}
