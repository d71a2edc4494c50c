import { pathToFileURL } from 'node:url';
import { capacity } from './capacity.js';
import { conflict } from './conflict.js';
import { pairsOfDigits } from './digit-pairs.js';
import { gates } from './gates.js';
import { labelScale } from './label-scale.js';
import { landmine } from './landmine.js';
import { landscape } from './landscape.js';
import { littleData } from './little-data.js';
import { nullSuite } from './null-suite.js';
import { sharingSweep } from './sharing-sweep.js';
import { taskSampling } from './task-sampling.js';
import { zeroShot } from './zero-shot.js';

/** Studies by name; each prints Markdown tables. */
export const studies = {
  'sharing-sweep': sharingSweep,
  'label-scale': labelScale,
  'task-sampling': taskSampling,
  'null-suite': nullSuite,
  'little-data': littleData,
  landmine,
  landscape,
  gates,
  conflict,
  'digit-pairs': pairsOfDigits,
  'zero-shot': zeroShot,
  capacity,
} as const;

/** `main.js <study> [name=number ...]`, e.g. `main.js landmine draws=10 trainItems=40`. */
async function main([name = '', ...given]: readonly string[]): Promise<void> {
  const study = studies[name as keyof typeof studies] as ((options: object) => Promise<void>) | undefined;
  if (study === undefined) throw new Error(`Choose a study: ${Object.keys(studies).join(', ')}.`);
  await study(Object.fromEntries(given.map((pair) => [pair.split('=')[0], Number(pair.split('=')[1])])));
}

const [, script = ''] = process.argv;
if (import.meta.url === pathToFileURL(script).href) await main(process.argv.slice(2));
