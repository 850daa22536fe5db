import { expect, it } from 'vitest';
import { OPENED_LINK_TYPES } from '../../src/cli/list.ts';
import { CLAIMS } from '../../src/wire/dissect.ts';
import { FOUND, Layers } from '../../src/wire/layers.ts';

it('lists the link types that the header walk opens, and no others', () => {
  const layers = new Layers(CLAIMS);
  const frame = new Uint8Array(64);
  const opened = Array.from({ length: 512 }, (_, linkType) => linkType).filter(
    (linkType) => layers.walk(frame, 0, frame.length, linkType) !== FOUND.unknownLink,
  );
  expect([...OPENED_LINK_TYPES]).toEqual(opened);
});
