import { assigned, matches, says, type TextRule } from './rule.ts';

export const serialNumber: TextRule = {
  id: 'serial-number',
  title: 'Serial numbers and asset tags',
  kind: 'serial',
  about:
    'dmidecode, lshw, smartctl, ipmitool fru, udev (`ID_SERIAL=`, `ID_WWN=`), kernel and switch messages: `Serial Number:`, `SN:`, `S/N`, `Asset Tag`, `Service Tag`, `Processor board ID`, `System serial number`, ids of disks under /dev/disk/by-id, WWN, EUI-64, iSCSI (RFC 3720 3.2.6) and NVMe qualified names.',
  hints: [
    'serial',
    'sn',
    's/n',
    'tag',
    'wwn',
    'wwid',
    'naa',
    'eui',
    'iqn',
    'nqn',
    'board id',
    'by-id',
    'guid',
    'part',
    'imei',
    'lun',
  ],
  find: matches(
    [
      ...assigned(
        '(?:serial(?:[ _-]?(?:number|num|no|id|short))?|asset[ _-]?tag|service[ _-]?tag|express[ _-]?service[ _-]?code|wwn|wwid|wwpn|wwnn|imei)',
        'i',
      ).slice(0, 3),
      /((?<![A-Za-z0-9])(?:(?:system|chassis|board|product|motherboard|module|unit|disk|drive|base ?board|hardware)[ _-])?(?:serial(?:[ _-]?(?:number|num|no|id|short))?|asset[ _-]?tag|service[ _-]?tag|SN|S\/N|wwn|wwid|wwpn|wwnn|LU WWN Device Id|IEEE EUI-64)[ \t]{0,24}[:=#][ \t]{0,8}["']?)([A-Za-z0-9][A-Za-z0-9_./+-]{2,127})/gi,
      /((?<![A-Za-z0-9])(?:serial number|service tag|asset tag|Processor board ID|S\/N|system serial)[ \t]{1,8}(?:is[ \t]{1,4})?)((?=[A-Za-z-]{0,32}\d)[A-Za-z0-9][A-Za-z0-9_-]{4,63})/gi,
      /((?<![\w.-]))((?:iqn|nqn)\.\d{4}-\d{2}\.[A-Za-z0-9.-]{1,200}(?::[^\s"',;]{1,200})?|naa\.[0-9a-f]{16,32}|eui\.[0-9a-f]{16}|wwn-0x[0-9a-f]{16,32}|0x5[0-9a-f]{15})(?![0-9a-f])/gi,
      /(\/dev\/disk\/by-id\/(?:ata|scsi|nvme|usb|virtio|mmc|dm-uuid|lvm-pv-uuid|wwn|md-uuid)-)([^\s"',;]{1,255})/g,
      /(\bInventory: ?PID: ?\S{1,64} ?, ?VID: ?\S{0,16} ?, ?SN: ?)(\S{3,64})/g,
    ],
    (value) =>
      says(value) &&
      !/^(?:not|to|default|unknown|specified|filled|empty|console|port|number|ttyS\d.*|0+|8250|driver|asset.?tag|system)$/i.test(
        value,
      ),
  ),
  samples: [
    '\tSerial Number: «CZJ12345AB»',
    'Asset Tag: «DC-0042»',
    'E: ID_SERIAL_SHORT=«S3Z8NB0K123456»',
    'PID: N9K-C93180YC-EX , VID: V01 , SN: «FDO21120V9Q»',
    'Processor board ID «FOC1234X0AB»',
    '"product_serial": "«VMware-56 4d»"',
    'InitiatorName=«iqn.1993-08.org.debian:01:abcdef»',
    '/dev/disk/by-id/ata-«Samsung_SSD_860_S3Z8NB0K123456» x',
  ],
  quiet: ['Serial Number: Not Specified', 'serial console on ttyS0', 'serial8250: too much work', 'usn: 5'],
  worst: ['serial ', 'serial number   ', 'a b', 'sn: ', 'iqn.2001-01.a', 'asset tag'],
};
