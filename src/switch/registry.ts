import type { Dialect } from './dialect.ts';
import { alliedAwplus } from './dialects/allied-awplus.ts';
import { aristaEos } from './dialects/arista-eos.ts';
import { ciscoIos } from './dialects/cisco-ios/index.ts';
import { ciscoNxos } from './dialects/cisco-nxos.ts';
import { dellFtos } from './dialects/dell-ftos.ts';
import { dellOs10 } from './dialects/dell-os10.ts';
import { hpeAosCx } from './dialects/hpe-aos-cx.ts';
import { hpeArubaosSwitch } from './dialects/hpe-arubaos-switch.ts';
import { juniperEls } from './dialects/juniper-els.ts';
import { juniperEx } from './dialects/juniper-ex.ts';

/** Every dialect, sorted by name: one line each. Of two that know a line the first reads it. */
export const DIALECTS: readonly Dialect[] = [
  alliedAwplus,
  aristaEos,
  ciscoIos,
  ciscoNxos,
  dellFtos,
  dellOs10,
  hpeAosCx,
  hpeArubaosSwitch,
  juniperEls,
  juniperEx,
];
