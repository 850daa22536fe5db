/** The link verbs: 802.1X, spanning tree and aggregation as a switch does them. */
import { join } from 'node:path';
import type { Step } from '../scenario.ts';
import { filter, unfilter } from './faults.ts';

/** Passwords of the built-in EAP server, by EAP-MD5: no certificate is needed to see who is let in. */
const USERS = '"node1" MD5 "secret"\n';

/** The switch's port lets nothing but EAPOL through, as an unauthorised 802.1X port. */
export function shutPort(name: string, port: string): Step {
  return filter(name, [
    `iifname "${port}" ether type != 0x888e counter drop`,
    `oifname "${port}" ether type != 0x888e counter drop`,
  ]);
}

/** Opens every port of the switch. */
export function openPorts(name: string): Step {
  return unfilter(name);
}

/** hostapd as the authenticator of one switch port. */
export function authenticator(name: string, port: string): Step {
  return {
    tools: ['hostapd'],
    run: async (lab) => {
      const users = lab.file('eap.users', USERS);
      const conf = lab.file(
        `hostapd-${port}.conf`,
        [
          `ctrl_interface=${join(lab.work, 'hostapd')}`,
          `interface=${port}`,
          'driver=wired',
          'logger_stdout=-1',
          'logger_stdout_level=0',
          'ieee8021x=1',
          'eap_reauth_period=0',
          'use_pae_group_addr=1',
          'eap_server=1',
          `eap_user_file=${users}`,
          '',
        ].join('\n'),
      );
      lab.start(name, `hostapd-${port}`, ['hostapd', '-dd', conf]);
      await lab.untilLog(`hostapd-${port}`, /AP-ENABLED/, 10);
    },
  };
}

/** The port comes up with this station: hostapd asks for its identity, as a switch does at link-up. */
export function linkUp(name: string, port: string, mac: string): Step {
  return {
    tools: ['hostapd_cli'],
    run: async (lab) => {
      await lab.run(name, ['hostapd_cli', '-p', join(lab.work, 'hostapd'), '-i', port, 'new_sta', mac]);
    },
  };
}

/** wpa_supplicant on a wired interface. */
export function supplicant(node: string, password: string): Step {
  return {
    tools: ['wpa_supplicant'],
    run: async (lab) => {
      const conf = lab.file(
        `wpa-${node}.conf`,
        [
          'ap_scan=0',
          'network={',
          ' key_mgmt=IEEE8021X',
          ' eap=MD5',
          ' identity="node1"',
          ` password="${password}"`,
          ' eapol_flags=0',
          '}',
          '',
        ].join('\n'),
      );
      lab.start(node, `wpa-${node}`, ['wpa_supplicant', '-Dwired', '-ieth0', `-c${conf}`, '-dd']);
      await lab.untilLog(`wpa-${node}`, /Associated with/, 10);
    },
  };
}
