import { mkdirSync, writeFileSync } from 'node:fs';
import { createRng, runTrials, type Trajectory } from '@tasklearn/core';
import { pointReach } from '@tasklearn/environments';
import { createDiayn, mutualInformation } from '@tasklearn/goal-rl';
import { compiledExecutor } from '@tasklearn/runtime';

const SKILLS = 8;
const BINS = 10;
const print = (line: string) => process.stdout.write(`${line}\n`);
const flag = (name: string, fallback: string) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? fallback;

const distribution = pointReach({ motion: 'kinematic', layout: 'rooms', randomGoal: false });
const learner = createDiayn({
  skills: SKILLS,
  episodesPerUpdate: 8,
  features: [0, 1],
  learningRate: 1e-3,
});

/** Cell of a position in the box [−1, 1]². */
function cellOf(x: number, y: number): number {
  const place = (value: number) => Math.min(BINS - 1, Math.max(0, Math.floor(((value + 1) / 2) * BINS)));
  return place(y) * BINS + place(x);
}

/** I(S; Z) of all states of the skills' episodes, in nats, from counts in cells. */
function information(trajectories: readonly Trajectory[], from: (length: number) => number): number {
  const joint = new Float64Array(SKILLS * BINS * BINS);
  let count = 0;
  for (const [episode, { observations, length }] of trajectories.entries()) {
    for (let time = from(length); time <= length; time += 1) {
      const cell = cellOf(observations[4 * time] as number, observations[4 * time + 1] as number);
      const entry = (episode % SKILLS) * BINS * BINS + cell;
      joint[entry] = (joint[entry] as number) + 1;
      count += 1;
    }
  }
  return mutualInformation(
    joint.map((value) => value / count),
    SKILLS,
  );
}

/** Trains, then runs every skill once. */
async function run(seed: number, updates: number, picture: string) {
  const executor = compiledExecutor({ threads: 1 });
  const trial = { explorationEpisodes: SKILLS, executionEpisodes: 1 };
  const context = { distribution, trial, executor, rng: createRng(seed).split('training') };
  const training = await learner.openTraining(context);
  let accuracy = 0;
  for (let update = 0; update < updates; update += 1) {
    const { metrics } = await training.update();
    accuracy = metrics.discriminatorAccuracy ?? 0;
  }
  const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
  const task = distribution.task('test', 0, createRng(seed));
  const [trialResult] = await runTrials({
    agent,
    distribution,
    tasks: [task],
    trial,
    rng: createRng(seed).split('test'),
    keepTrajectories: 1,
  });
  training.dispose();
  agent.dispose();
  const trajectories = (trialResult?.episodes ?? [])
    .slice(0, SKILLS)
    .flatMap(({ trajectory }) => (trajectory === undefined ? [] : [trajectory]));
  if (picture !== '') writeFileSync(picture, distribution.draw?.(task, trajectories) ?? '');
  const states = information(trajectories, () => 1);
  const ends = information(trajectories, (length) => length);
  print(
    [
      `seed ${seed}`,
      `discriminator's accuracy on the replay ${accuracy.toFixed(3)}`,
      `I(S; Z) of all states ${states.toFixed(3)}`,
      `of last states ${ends.toFixed(3)} of at most ${Math.log(SKILLS).toFixed(3)} nats`,
    ].join(', '),
  );
}

const seeds = flag('seeds', '0').split(',').map(Number);
const folder = flag('pictures', '');
if (folder !== '') mkdirSync(folder, { recursive: true });
for (const seed of seeds)
  await run(seed, Number(flag('updates', '200')), folder === '' ? '' : `${folder}/skills-${seed}.svg`);
process.exit();
