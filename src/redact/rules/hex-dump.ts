import { matches, type TextRule } from './rule.ts';

/** Before the bytes of a dump's line: an offset, whose last digit is 0 where a line holds sixteen. */
const OFFSET = '^[ \\t|]{0,16}(?:0x[0-9a-f]{3,15}0:?|[0-9a-f]{3,15}0(?::|(?=[ \\t]{2})))[ \\t]{1,8}';
const PAIR = '(?:0x|\\\\x)?[0-9a-f]{2}';

const lines = matches(new RegExp(`(${OFFSET})((?:[0-9a-f]{4} |[0-9a-f]{2} |[0-9a-f]{2,4}$)[^\\r\\n]*)`, 'gim'));
const runs = matches(
  [
    new RegExp(`((?<![\\w.:-]))(${PAIR}(?:(?:, ?| )${PAIR}){5,65535})(?![\\w:-])`, 'gi'),
    /((?<![\w.:-]))([0-9a-f]{4}(?: [0-9a-f]{4}){2,65535})(?![\w:-])/gi,
    /()((?:\\x[0-9a-f]{2}){6,65535})/gi,
  ],
  // Columns of numbers are none.
  (value) => /[a-f\\]|0x/i.test(value) && /\d/.test(value),
);

export const hexDump: TextRule = {
  id: 'hex-dump',
  title: 'Bytes in hexadecimal',
  kind: 'payload',
  about:
    'Lines of tcpdump -x, xxd, hexdump -C and Wireshark with their column of characters; six and more bytes, or three and more groups of two, between blanks or commas. What is in them cannot be followed, so they are content.',
  hints: [],
  find(text, found) {
    lines(text, found);
    runs(text, found);
  },
  samples: [
    '\t0x0000:  «5254 00c3 9a71 5254 0011 2233 0800 4500  RT...qRT.."3..E.»',
    '0010  «0a 42 4d 58 c0 00 02 01  .BMX....»',
    '00000010: «0a42 4d58 c000 0201                      .BMX....»',
    'raw option: «52 54 00 c3 9a 71»',
    'bytes {«0x52, 0x54, 0x00, 0xc3, 0x9a, 0x71»}',
  ],
  quiet: [
    'cpu  10 20 30 40 50 60 70 80',
    '  1000  2 servers were found',
    'add a1 to b2',
    '0100: the first line of a table',
    'dead beef',
  ],
  worst: ['0a ', '0x0000: ', 'abcd ', '00 ', '\\x0a'],
};
