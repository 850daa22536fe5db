import type { TextFormat } from './format.ts';
import { PlainReader } from './plain.ts';

/** Their statements stand on lines, and rules know them: they are told apart for the report. */
export const dhcpdLeases: TextFormat = {
  name: 'dhcpd-leases',
  title: 'Leases of ISC dhcpd (dhcpd.leases(5))',
  fits: (head, fileName) =>
    /(?:^|\n)(?:lease \d{1,3}(?:\.\d{1,3}){3} \{|ia-(?:na|ta|pd) "|authoring-byte-order )/.test(head) ||
    fileName.endsWith('.leases')
      ? 60
      : 0,
  open: (treatment, write) => new PlainReader(treatment, write),
};

export const dhcpdConf: TextFormat = {
  name: 'dhcpd-conf',
  title: 'Configuration of ISC dhcpd (dhcpd.conf(5))',
  fits: (head, fileName) =>
    /(?:^|\n)[ \t]*(?:subnet6? \S{3,64} (?:netmask \S{7,15} )?\{|shared-network \S{1,255} \{|option domain-name(?:-servers)? |class "|omapi-port )/.test(
      head,
    ) || /dhcpd6?\.conf$/.test(fileName)
      ? 55
      : 0,
  open: (treatment, write) => new PlainReader(treatment, write),
};
