import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type ControlDistribution,
  type ControlTask,
  createRegistry,
  createRng,
  referenceAgent,
  runTrials,
  type TrialResult,
} from '@tasklearn/core';
import { environmentsPlugin } from '@tasklearn/environments';

/** Returns of the references of every environment on test tasks: what learners are to be compared with. */

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '1000' },
    only: { type: 'string' },
    out: { type: 'string' },
  },
});
const count = Number(values.tasks);
const log = (line: string) => process.stdout.write(`${line}\n`);

/** Mean and half the width of its 95 % interval. */
function interval(numbers: readonly number[]): string {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (numbers.length - 1);
  return `${mean.toFixed(2)} ± ${(1.96 * Math.sqrt(variance / numbers.length)).toFixed(2)}`;
}

async function trialsOf(distribution: ControlDistribution, name: string): Promise<readonly TrialResult[]> {
  const rng = createRng('reference levels');
  const tasks: ControlTask[] = Array.from({ length: count }, (_, index) =>
    distribution.task('test', index, rng),
  );
  const make = distribution.references?.[name];
  if (make === undefined) throw new Error(`no reference ${name}`);
  const agent = referenceAgent(make(tasks, 1, rng.split(name)));
  return runTrials({ agent, distribution, tasks, trial: distribution.trial, rng: rng.split('trials') });
}

const registry = createRegistry([environmentsPlugin]);
const rows: string[] = [];
for (const key of Object.keys(environmentsPlugin.distributions)) {
  if (values.only !== undefined && !key.includes(values.only)) continue;
  const distribution = (await registry.createDistribution(key, {})) as ControlDistribution;
  const { explorationEpisodes, executionEpisodes } = distribution.trial;
  for (const name of Object.keys(distribution.references ?? {})) {
    const trials = await trialsOf(distribution, name);
    const returns = trials.map(({ episodes }) =>
      episodes.slice(explorationEpisodes).reduce((sum, episode) => sum + episode.return, 0),
    );
    const success = trials.filter(({ episodes }) => episodes.at(-1)?.success).length / count;
    const shown = distribution.spec.hasSuccess ? `${(100 * success).toFixed(1)} %` : '';
    rows.push(
      `| \`${key}\` | ${explorationEpisodes} + ${executionEpisodes} | ${name} | ${interval(returns)} | ${shown} |`,
    );
    log(rows.at(-1) as string);
  }
}

const page = `# Reference lines of the environments

Made by \`pnpm bench:references\` on ${new Date().toISOString().slice(0, 10)}: ${count} test tasks of each distribution with its default options, one
trial each. Return: sum of the execution episodes of a trial, mean and 95 % interval over tasks. Success: share of
tasks whose last episode reached it. \`oracle\` is told the task, \`random\` is uniform over actions; the others are described in
the documentation of each distribution.

| environment | episodes: exploration + execution | reference | return of a trial | success |
|---|---|---|---|---|
${rows.join('\n')}
`;
if (values.only === undefined) {
  const out = values.out ?? join(import.meta.dirname, '..', '..', '..', 'docs', 'results');
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'reference-levels.md'), page);
}
