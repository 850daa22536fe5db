import type { Detector } from './detector.ts';
import { addressMoved } from './detectors/address-moved.ts';
import { arpConflict } from './detectors/arp-conflict.ts';
import { arpSpoof } from './detectors/arp-spoof.ts';
import { dhcpAckDiffersFromOffer } from './detectors/dhcp-ack-differs-from-offer.ts';
import { dhcpBootHijack } from './detectors/dhcp-boot-hijack.ts';
import { dhcpBootOptionsMissing } from './detectors/dhcp-boot-options-missing.ts';
import { dhcpDeclineConflict } from './detectors/dhcp-decline-conflict.ts';
import { dhcpDuplicateAddress } from './detectors/dhcp-duplicate-address.ts';
import { dhcpMalformed } from './detectors/dhcp-malformed.ts';
import { dhcpMultipleServers } from './detectors/dhcp-multiple-servers.ts';
import { dhcpNakByOtherServer } from './detectors/dhcp-nak-by-other-server.ts';
import { dhcpNakStorm } from './detectors/dhcp-nak-storm.ts';
import { dhcpNoOffer } from './detectors/dhcp-no-offer.ts';
import { dhcpOfferIgnored } from './detectors/dhcp-offer-ignored.ts';
import { dhcpPoolExhausted } from './detectors/dhcp-pool-exhausted.ts';
import { dhcpRequestUnanswered } from './detectors/dhcp-request-unanswered.ts';
import { dhcpRogueProxydhcp } from './detectors/dhcp-rogue-proxydhcp.ts';
import { dhcpRogueServer } from './detectors/dhcp-rogue-server.ts';
import { dhcpServerIdSpoofed } from './detectors/dhcp-server-id-spoofed.ts';
import { dhcpServersConflict } from './detectors/dhcp-servers-conflict.ts';
import { dhcpStarvation } from './detectors/dhcp-starvation.ts';
import { dhcpv6NoReply } from './detectors/dhcpv6-no-reply.ts';
import { dhcpv6RogueServer } from './detectors/dhcpv6-rogue-server.ts';
import { ndDadConflict } from './detectors/nd-dad-conflict.ts';
import { ndDadDenial } from './detectors/nd-dad-denial.ts';
import { ndSpoof } from './detectors/nd-spoof.ts';
import { raRogueRouter } from './detectors/ra-rogue-router.ts';
import { tftpMissingFile } from './detectors/tftp-missing-file.ts';
import { tftpReplyWrongSource } from './detectors/tftp-reply-wrong-source.ts';
import { tftpRogueServer } from './detectors/tftp-rogue-server.ts';
import { tftpStalled } from './detectors/tftp-stalled.ts';

/** Every detector, sorted by id: one line each. */
export const DETECTORS: readonly Detector[] = [
  addressMoved,
  arpConflict,
  arpSpoof,
  dhcpAckDiffersFromOffer,
  dhcpBootHijack,
  dhcpBootOptionsMissing,
  dhcpDeclineConflict,
  dhcpDuplicateAddress,
  dhcpMalformed,
  dhcpMultipleServers,
  dhcpNakByOtherServer,
  dhcpNakStorm,
  dhcpNoOffer,
  dhcpOfferIgnored,
  dhcpPoolExhausted,
  dhcpRequestUnanswered,
  dhcpRogueProxydhcp,
  dhcpRogueServer,
  dhcpServerIdSpoofed,
  dhcpServersConflict,
  dhcpStarvation,
  dhcpv6NoReply,
  dhcpv6RogueServer,
  ndDadConflict,
  ndDadDenial,
  ndSpoof,
  raRogueRouter,
  tftpMissingFile,
  tftpReplyWrongSource,
  tftpRogueServer,
  tftpStalled,
];
