import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createRng } from '@tasklearn/core';
import { createMoca } from '@tasklearn/lifelong';
import { enableHigherOrderGradients } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import { switchingSinusoid } from '@tasklearn/tasks';
import { flagOf } from './flag-of.js';
import { type LivedStep, live } from './live.js';

const CELL = 7;
const RUNS = 45;
const [LEFT, TOP] = [46, 12];

/** b(r) as cells over time, darker where there is more; a line wherever a segment truly begins. */
function drawing(steps: readonly LivedStep[]): string {
  const [width, height] = [steps.length * CELL, RUNS * CELL];
  const cells = steps.flatMap(({ weights }, t) =>
    weights.slice(0, RUNS).flatMap((weight, run) => {
      if (weight < 0.01) return [];
      const place = `x="${LEFT + t * CELL}" y="${TOP + height - (run + 1) * CELL}"`;
      return `<rect ${place} width="${CELL}" height="${CELL}" opacity="${Math.sqrt(weight).toFixed(2)}"/>`;
    }),
  );
  const lines = steps.flatMap(({ task }, t) => {
    if (t === 0 || steps[t - 1]?.task === task) return [];
    const x = LEFT + t * CELL;
    return `<line x1="${x}" x2="${x}" y1="${TOP}" y2="${TOP + height}"/>`;
  });
  const numbers = [0, 10, 20, 30, 40].map(
    (run) => `<text x="${LEFT - 6}" y="${TOP + height - run * CELL}" text-anchor="end">${run}</text>`,
  );
  const times = [0, 20, 40, 60, 80].map(
    (t) => `<text x="${LEFT + t * CELL}" y="${TOP + height + 14}">${t}</text>`,
  );
  const size = `width="${LEFT + width + 10}" height="${TOP + height + 34}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<g fill="#1f4e79">${cells.join('')}</g>`,
    `<g stroke="#c0392b" stroke-dasharray="3 2">${lines.join('')}</g>`,
    `<g fill="#333333">${numbers.join('')}${times.join('')}`,
    `<text x="${LEFT + width / 2}" y="${TOP + height + 28}" text-anchor="middle">step; dashed: a new sinusoid</text>`,
    `<text transform="translate(12 ${TOP + height / 2}) rotate(-90)" text-anchor="middle">run length</text></g></svg>`,
    '',
  ].join('\n');
}

/** Meta-trains on sinusoids that change without notice, and draws what it believes in a lifetime of the test. */
export async function belief(flags: readonly string[]): Promise<void> {
  enableHigherOrderGradients();
  const hazard = 0.05;
  const executor = compiledExecutor({ threads: 1 });
  const distribution = switchingSinusoid({ hazard });
  const network = { hidden: [32, 32] };
  const learner = createMoca({ hazard, network, optimizer: { learningRate: 5e-3 }, series: 8 });
  const rng = createRng(Number(flagOf(flags, 'seed', '0')));
  const training = await (learner.openTraining as NonNullable<typeof learner.openTraining>)({
    distribution,
    executor,
    rng: rng.split('training'),
  });
  const updates = Number(flagOf(flags, 'updates', '300'));
  for (let update = 0; update < updates; update += 1) await training.update();
  const { spec } = distribution;
  const agent = await learner.openAgent(training.parameters(), { spec, executor, rng });
  const steps = await live(agent, distribution.stream('test', 0, rng.split('test')), false);
  agent.dispose();
  training.dispose();
  const path = flagOf(flags, 'picture', 'runs/unannounced-boundaries/belief.svg');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, drawing(steps));
  process.stdout.write(`${path}\n`);
}
