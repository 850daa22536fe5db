import { assigned, matches, says, type TextRule } from './rule.ts';

export const vendorClass: TextRule = {
  id: 'vendor-class',
  title: 'What clients and machines say of themselves',
  kind: 'vendor-class',
  about:
    'vendor-class-identifier and user-class of dhcpd.leases and logs, User-Agent, and product, model and BIOS of dmidecode and the kernel (`DMI: …`).',
  hints: [
    'vendor',
    'user-class',
    'user-agent',
    'user_agent',
    'useragent',
    'dmi:',
    'product',
    'model',
    'manufacturer',
    'bios',
    '" "',
  ],
  find: matches(
    [
      ...assigned('(?:vendor[_ -]?class(?:[_ -]?identifier)?|vendor-string|user-class|user[_-]?agent)'),
      /((?<![\w-])vendor-class-identifier[ \t]{1,4}(?:=[ \t]{1,4})?")([^"\r\n]{1,255})/gi,
      /((?<![\w-])DMI: )([^\r\n]{3,255})/g,
      /((?<![\w-])(?:product name|manufacturer|system[ _-](?:vendor|product)|model number|device model|bios version|firmware version|mainboard[ _-](?:vendor|product))(?:\\?["'])?[ \t]{0,8}[:=][ \t]{0,8}(?:\\?["'])?)([^"'\\\r\n,;]{2,128})/gi,
      // The last field of the combined log format.
      /(" \d{3} (?:\d{1,16}|-) "[^"\r\n]{0,4096}" ")([^"\r\n]{1,1024})(?=")/g,
    ],
    says,
  ),
  samples: [
    'set vendor-class-identifier = "«PXEClient:Arch:00007:UNDI:003016»";',
    'kernel: DMI: «Dell Inc. PowerEdge R640/0H28RR, BIOS 2.11.2 06/11/2026»',
    '\tProduct Name: «PowerEdge R640»',
    '"user_agent": "«Mozilla/5.0 x»"',
  ],
  quiet: ['user-agent: -', 'vendor unknown'],
  worst: ['vendor-class', 'product name   ', 'DMI: ', '" 200 - "'],
};
