import { matches, type TextRule } from './rule.ts';

export const bootFile: TextRule = {
  id: 'boot-file',
  title: 'Names of boot files',
  kind: 'filename',
  about:
    'Files that machines ask for by TFTP or HTTP and that configurations name: `X requested by`, `RRQ from … filename X`, `sent X to`, `filename "X"`, `bootfile`, what follows pxelinux.cfg/ and grub.cfg-. Boot loaders that products ship keep their names.',
  hints: [
    'requested by',
    'filename',
    'bootfile',
    'boot-file',
    'pxelinux.cfg',
    'grub.cfg-',
    'rrq',
    'sent ',
    'not found',
    'dhcp-boot',
  ],
  find: matches([
    /((?<![^\s"'(])(?:\/?(?:grub\/)?grub\.cfg-|\/?(?:pxelinux\/)?pxelinux\.cfg\/(?:01-(?=[0-9a-f]{2}-[0-9a-f]{2}-))?)?)([^\s"'(),]{1,512})(?= requested by )/g,
    /((?<![\w-])(?:boot-?filename|boot-?file(?:[_-]?(?:name|url))?|filename|dhcp-boot)(?:\\?["'])?[ \t]{0,8}[=: ][ \t]{0,8}(?:\\?["']))([^"'\\\r\n]{1,1024})/gi,
    /((?<![\w-])(?:bootfile|filename)[ \t]{0,8}[= ][ \t]{0,8})(?!is |of |not |too )([^\s"'\\,;]{1,512}[./][^\s"'\\,;]{1,512})/gi,
    /(pxelinux\.cfg\/(?:01-(?=[0-9a-f]{2}-[0-9a-f]{2}-))?)([^\s"'(),;]{1,255})/g,
    /(grub\.cfg-)([^\s"'(),;]{1,255})/g,
    /((?<![\w-])sent )([^\s"']{1,512})(?= to \d{1,3}\.)/g,
    /((?<![\w-])file )([^\s"']{1,512})(?= not found)/g,
  ]),
  samples: [
    'tftp: [info] grub/grub.cfg-«52:54:00:12:34:56» requested by 10.0.0.5',
    'in.tftpd[9]: RRQ from 10.0.0.5 filename «custom/site-a.efi»',
    'filename "«racks/lpxelinux.0»";',
    'dnsmasq-tftp: sent «/srv/tftp/a.0» to 10.0.0.5',
    'pxelinux.cfg/01-«52-54-00-12-34-56»',
  ],
  quiet: ['a filename is missing', 'pxelinux.cfg'],
  worst: ['a requested by', 'filename ', 'filename a', 'aaaa', 'sent a'],
};
