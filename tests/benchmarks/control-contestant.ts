import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createRng } from '@tasklearn/core';
import { cartPole } from '@tasklearn/environments';
import { createPpo } from '@tasklearn/rl';
import { chooseBackend, compiledExecutor } from '@tasklearn/runtime';

// PPO on CartPole-v1, compiled: 128 steps of 8 copies, 4 epochs of 4 minibatches, 64-64 tanh networks, one thread.

const { values } = parseArgs({ options: { clock: { type: 'string', default: 'wall' } } });
const processor = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
/** Milliseconds, of the wall's clock or of processors at work for this process. */
const now = values.clock === 'processor' ? processor : () => performance.now();

const print = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

await chooseBackend('cpu');
const executor = compiledExecutor({ threads: 1, fallback: 'error' });
const distribution = cartPole();
const learner = createPpo();
const training = await learner.openTraining({
  distribution,
  trial: distribution.trial,
  executor,
  rng: createRng(0),
});
await training.update();
print({ ready: true, version: executor.name });

for await (const line of createInterface({ input: process.stdin })) {
  const [word, count] = line.split(' ');
  if (word !== 'run') break;
  const start = now();
  let loss = Number.NaN;
  for (let index = 0; index < Number(count); index++) {
    const { metrics } = await training.update();
    loss = metrics.return ?? Number.NaN;
  }
  print({ seconds: (now() - start) / 1000, loss });
}
process.exit(0);
