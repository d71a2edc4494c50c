import { belief } from './belief.js';
import { hazardSweep } from './hazard-sweep.js';
import { metaLeader } from './meta-leader.js';
import { plant } from './plant.js';

const commands: Readonly<Record<string, (flags: readonly string[]) => Promise<void>>> = {
  belief,
  'hazard-sweep': hazardSweep,
  'meta-leader': metaLeader,
  plant,
};

const [name = '', ...flags] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  process.stderr.write(`Choose one of ${Object.keys(commands).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  await command(flags);
}
