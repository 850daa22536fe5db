import { BoundedMap } from '../../flow/bounded.ts';
import type { Transfer } from '../../flow/transfers/types.ts';
import type { Address } from '../../wire/envelope.ts';
import { addressText, macText, safeText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';

/** Clients whose last not-found is remembered: a large site's machines. */
const MAX_CLIENTS = 16_384;
/** Boot files that DHCP named, by client. */
const MAX_NAMED = 16_384;
/** Not-founds kept of one client: pxelinux asks for nine names. */
const MAX_NAMES = 16;
/** A loader tries its next name within a second or two; after this nothing follows (microseconds). */
const GIVEN_UP_US = 8e6;

/**
 * Asked for by loaders that go on without them: GRUB's module lists, shim's revocations and certificates. Alone they are
 * never the fault.
 */
const OPTIONAL = /(^|\/)((command|fs|crypto|terminal|parttool)\.lst|revocations_\w+\.efi|shim_certificate_\d+\.efi)$/i;

/** Names of which loaders try several, the next within a second: one refusal at a capture's end says nothing yet. */
const ONE_OF_SEVERAL = /pxelinux\.cfg\/|grub\.cfg|\.ipxe$|menu\.lst$|elilo.*\.conf$/i;

interface Missing {
  transfers: Transfer[];
  /** Beyond MAX_NAMES. */
  more: number;
  time: number;
}

export const tftpMissingFile: Detector = {
  id: 'tftp-missing-file',
  title: 'A boot file is not on the TFTP server',
  severity: 'medium',
  about:
    'The server answered "file not found" (or "access violation") and no later name helped: the machine stays where it is. High when it is the very file that DHCP named.',
  fires: [
    'the file that DHCP named to this client is refused with TFTP error 1 or 2, and no later read of it succeeds',
    'every name that a loader tries is refused, and nothing is fetched after the last',
  ],
  quiet: [
    'a later name succeeds (pxelinux asks for nine configuration names before `default`)',
    'optional files: GRUB module lists, shim revocations',
    'the capture ends before the loader could try its next name: a coverage entry',
  ],
  needs: ['ipv4', 'ipv6', 'mac', 'filename', 'time'],
  references: ['RFC 1350 5', 'RFC 2131'],
  remedy: {
    runbook: '',
    steps: [
      'On the TFTP server, check that the file exists under the TFTP root, under exactly this name (case, slashes) and readable for the server.',
      'On MAAS, check that the boot images for this architecture are synced to this rack controller.',
      'If the name itself is wrong, correct option 67 (or `filename`) for this architecture (option 93).',
    ],
    verify: [
      'Read the file by hand: tftp SERVER -m binary -c get FILE',
      'Boot the machine again and see the read complete.',
    ],
  },
  start({ coverage }) {
    const missing = new BoundedMap<string, Missing>('tftp-missing-file.clients', MAX_CLIENTS);
    const named = new BoundedMap<number, string>('tftp-missing-file.named', MAX_NAMED);
    let lastTime = 0;
    const clientKey = (segment: number, client: Address): string => `${segment}/${client}`;
    return {
      on: {
        'dhcp4-message'({ message, exchange, time }) {
          lastTime = Math.max(lastTime, time);
          const file = message.promise?.bootFile ?? '';
          if (file !== '' && exchange !== undefined && exchange.chaddr >= 0) named.set(exchange.chaddr, file);
        },
        'transfer-request'({ time }) {
          lastTime = Math.max(lastTime, time);
        },
        'transfer-end'({ transfer, end, time }) {
          lastTime = Math.max(lastTime, time);
          const key = clientKey(transfer.segment, transfer.client);
          if (end === 'complete') missing.delete(key);
          const notFound = end === 'refused' && (transfer.errorCode === 1 || transfer.errorCode === 2);
          if (transfer.protocol !== 'tftp' || transfer.write || !notFound) return;
          const known = missing.get(key) ?? { transfers: [], more: 0, time };
          known.time = time;
          if (known.transfers.length < MAX_NAMES) known.transfers.push(transfer);
          else known.more += 1;
          missing.set(key, known);
        },
      },
      end(emit) {
        for (const { transfers, more, time } of missing.values()) {
          const first = transfers[0];
          if (first === undefined) continue;
          const bootFile = named.peek(first.clientMac);
          const isNamed = transfers.some((one) => one.file === bootFile);
          const telling = transfers.filter((one) => !OPTIONAL.test(one.file));
          const last = telling.at(-1);
          if (last === undefined) continue;
          const early = lastTime - time < GIVEN_UP_US;
          if (!isNamed && early && ONE_OF_SEVERAL.test(last.file)) {
            coverage.add({
              id: 'loader-undecided',
              capture: last.request.capture,
              segment: last.segment,
              message:
                'the capture ends right after a refused file name: whether the loader found another is not to be seen',
              undecided: ['tftp-missing-file'],
            });
            continue;
          }
          const subjectFile = isNamed ? (bootFile ?? last.file) : last.file;
          const names = transfers.length + more;
          const mac = last.clientMac < 0 ? '' : ` (${macText(last.clientMac)})`;
          emit({
            subject: { server: addressText(last.server), file: safeText(subjectFile) },
            severity: isNamed ? 'high' : 'medium',
            confidence: isNamed
              ? confidence('certain', [
                  'the server refused the file that DHCP named',
                  'no later read of this client succeeded',
                ])
              : confidence(
                  'likely',
                  [
                    names === 1 ? 'the only name was refused' : 'every name was refused',
                    'nothing was fetched after the last refusal',
                  ],
                  early ? ['a capture that goes on after the refusal'] : [],
                ),
            message: isNamed
              ? `${addressText(last.server)} does not have the boot file ${safeText(subjectFile)} that DHCP named to ${addressText(last.client)}${mac}`
              : `${addressText(last.server)} refused ${names === 1 ? 'the file' : `all ${names} names, last`} ${safeText(last.file)} that ${addressText(last.client)}${mac} asked for`,
            segment: last.segment,
            time: last.firstTime,
            evidence: transfers.slice(-4).flatMap(evidenceOf),
            causes: [
              'the file was never placed there',
              'wrong name or path in DHCP',
              'boot images not synced',
              'wrong permissions on the server',
            ],
          });
        }
      },
      limits: () => [missing.limit(), named.limit()].filter((limit) => limit !== undefined),
    };
  },
};

function evidenceOf(transfer: Transfer): EvidenceNote[] {
  const notes: EvidenceNote[] = [
    { kind: 'frame', sight: transfer.request, note: `asks for ${safeText(transfer.file)}` },
  ];
  if (transfer.errorSight !== undefined) {
    const text = transfer.errorText === '' ? '' : ` "${safeText(transfer.errorText)}"`;
    notes.push({ kind: 'frame', sight: transfer.errorSight, note: `TFTP error ${transfer.errorCode}${text}` });
  }
  return notes;
}
