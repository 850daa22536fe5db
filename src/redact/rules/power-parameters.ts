import { assigned, matches, says, type TextRule } from './rule.ts';

export const powerParameters: TextRule = {
  id: 'power-parameters',
  title: 'Credentials of power control: IPMI, Redfish, AMT and others',
  kind: 'secret',
  about:
    'power_pass, power_user, K_g, privilege keys and the other parameters of MAAS power drivers, `ipmi`, `bmc`, `idrac`, `ilo`, `redfish`, `amt` with a user or password, and the result of MAAS IPMI enlistment.',
  hints: ['power', 'ipmi', 'bmc', 'idrac', 'ilo', 'redfish', 'amt', 'k_g'],
  find: matches(
    [
      ...assigned(
        '(?<![A-Za-z])(?:power_(?:pass|user|token|key|token_secret|token_name|secret|certificate|hmc_pass)(?:word|name)?|k_g|(?:ipmi|bmc|idrac|ilo|redfish|amt|drac|hmc)[_-]?(?:admin[_-]?)?(?:pass(?:word|wd)?|user(?:name)?|pw|key|credentials?))',
      ),
      // An address with credentials: qemu+ssh, vSphere, LXD trust passwords stand in the same map.
      /((?<![\w-])(?:IPMI|BMC|iDRAC|iLO|Redfish)(?: (?:user|account|login|admin))?(?: name)?(?: and)? (?:password|credentials?)[ :=]{1,4}["']?)([^\s"']{4,256})/g,
    ],
    says,
  ),
  samples: [
    "{'power_address': '10.0.0.9', 'power_pass': '«Xy7!kqpw»', 'power_user': '«maas»', 'k_g': '«0x1234»'}",
    'power_pass=«Xy7kqpw»',
    '"bmc_password": "«calvin99»"',
  ],
  quiet: ['"power_pass": ""', 'power_state=on', 'power_type: ipmi'],
  worst: ['power_pass', 'power_pass        ', 'ipmi_'],
};
