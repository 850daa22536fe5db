import type { Detector } from './detector.ts';
import { addressMoved } from './detectors/address-moved.ts';
import { arpConflict } from './detectors/arp-conflict.ts';
import { arpGratuitousStorm } from './detectors/arp-gratuitous-storm.ts';
import { arpInspectionDrop } from './detectors/arp-inspection-drop.ts';
import { arpProbeDropped } from './detectors/arp-probe-dropped.ts';
import { arpSpoof } from './detectors/arp-spoof.ts';
import { arpUnanswered } from './detectors/arp-unanswered.ts';
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
import { dhcpSnoopingBindingStale } from './detectors/dhcp-snooping-binding-stale.ts';
import { dhcpSnoopingDroppedClient } from './detectors/dhcp-snooping-dropped-client.ts';
import { dhcpSnoopingDroppedReply } from './detectors/dhcp-snooping-dropped-reply.ts';
import { dhcpSnoopingRateLimited } from './detectors/dhcp-snooping-rate-limited.ts';
import { dhcpStarvation } from './detectors/dhcp-starvation.ts';
import { dhcpv6NoReply } from './detectors/dhcpv6-no-reply.ts';
import { dhcpv6RogueServer } from './detectors/dhcpv6-rogue-server.ts';
import { dot1xBlocksBoot } from './detectors/dot1x-blocks-boot.ts';
import { dot1xNoAuthenticator } from './detectors/dot1x-no-authenticator.ts';
import { dot1xRejected } from './detectors/dot1x-rejected.ts';
import { gatewayImpersonated } from './detectors/gateway-impersonated.ts';
import { lacpSuspended } from './detectors/lacp-suspended.ts';
import { macFlooding } from './detectors/mac-flooding.ts';
import { macMoved } from './detectors/mac-moved.ts';
import { macsecWithoutKey } from './detectors/macsec-without-key.ts';
import { mkaMismatch } from './detectors/mka-mismatch.ts';
import { mtuMismatch } from './detectors/mtu-mismatch.ts';
import { ndDadConflict } from './detectors/nd-dad-conflict.ts';
import { ndDadDenial } from './detectors/nd-dad-denial.ts';
import { ndInspectionDrop } from './detectors/nd-inspection-drop.ts';
import { ndRedirectSpoof } from './detectors/nd-redirect-spoof.ts';
import { ndSpoof } from './detectors/nd-spoof.ts';
import { option82ChangedInReply } from './detectors/option82-changed-in-reply.ts';
import { option82Duplicated } from './detectors/option82-duplicated.ts';
import { option82LeakedToClient } from './detectors/option82-leaked-to-client.ts';
import { option82Malformed } from './detectors/option82-malformed.ts';
import { option82MissingFromRelay } from './detectors/option82-missing-from-relay.ts';
import { option82NotEchoed } from './detectors/option82-not-echoed.ts';
import { option82WithoutGiaddr } from './detectors/option82-without-giaddr.ts';
import { portSecurityViolation } from './detectors/port-security-violation.ts';
import { raConflict } from './detectors/ra-conflict.ts';
import { raGuardDrop } from './detectors/ra-guard-drop.ts';
import { raGuardEvasion } from './detectors/ra-guard-evasion.ts';
import { raRogueRouter } from './detectors/ra-rogue-router.ts';
import { relayHopsExceeded } from './detectors/relay-hops-exceeded.ts';
import { relayOneWay } from './detectors/relay-one-way.ts';
import { relayReplyMisdirected } from './detectors/relay-reply-misdirected.ts';
import { relayUnknown } from './detectors/relay-unknown.ts';
import { sourceGuardDrop } from './detectors/source-guard-drop.ts';
import { stpPortDelay } from './detectors/stp-port-delay.ts';
import { tftpMissingFile } from './detectors/tftp-missing-file.ts';
import { tftpReplyWrongSource } from './detectors/tftp-reply-wrong-source.ts';
import { tftpRogueServer } from './detectors/tftp-rogue-server.ts';
import { tftpStalled } from './detectors/tftp-stalled.ts';
import { vlanMismatch } from './detectors/vlan-mismatch.ts';

/** Every detector, sorted by id: one line each. */
export const DETECTORS: readonly Detector[] = [
  addressMoved,
  arpConflict,
  arpGratuitousStorm,
  arpInspectionDrop,
  arpProbeDropped,
  arpSpoof,
  arpUnanswered,
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
  dhcpSnoopingBindingStale,
  dhcpSnoopingDroppedClient,
  dhcpSnoopingDroppedReply,
  dhcpSnoopingRateLimited,
  dhcpStarvation,
  dhcpv6NoReply,
  dhcpv6RogueServer,
  dot1xBlocksBoot,
  dot1xNoAuthenticator,
  dot1xRejected,
  gatewayImpersonated,
  lacpSuspended,
  macFlooding,
  macMoved,
  macsecWithoutKey,
  mkaMismatch,
  mtuMismatch,
  ndDadConflict,
  ndDadDenial,
  ndInspectionDrop,
  ndRedirectSpoof,
  ndSpoof,
  option82ChangedInReply,
  option82Duplicated,
  option82LeakedToClient,
  option82Malformed,
  option82MissingFromRelay,
  option82NotEchoed,
  option82WithoutGiaddr,
  portSecurityViolation,
  raConflict,
  raGuardDrop,
  raGuardEvasion,
  raRogueRouter,
  relayHopsExceeded,
  relayOneWay,
  relayReplyMisdirected,
  relayUnknown,
  sourceGuardDrop,
  stpPortDelay,
  tftpMissingFile,
  tftpReplyWrongSource,
  tftpRogueServer,
  tftpStalled,
  vlanMismatch,
];
