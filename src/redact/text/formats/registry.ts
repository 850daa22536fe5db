import { csv } from './csv.ts';
import { dhcpdConf, dhcpdLeases } from './dhcpd.ts';
import type { TextFormat } from './format.ts';
import { journalExport } from './journal-export.ts';
import { json } from './json.ts';
import { plain } from './plain.ts';
import { yaml } from './yaml.ts';

/** Every format of text; `plain` is what nothing else is. */
export const TEXT_FORMATS: readonly TextFormat[] = [journalExport, json, yaml, csv, dhcpdLeases, dhcpdConf, plain];
