import { type ControlDistribution, type ControlLearner, createRng, runTrials } from '@tasklearn/core';
import { type DeskOptions, desk } from '@tasklearn/environments';
import { createGcbc, createPlayLmp, goalLearner, imitationBase } from '@tasklearn/goal-rl';
import { compiledExecutor } from '@tasklearn/runtime';

const print = (line: string) => process.stdout.write(`${line}\n`);
const flag = (name: string, fallback: string) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? fallback;

const skills = ['press-a', 'press-b', 'slide', 'place'] as const;
/** Episodes of 50 steps: 20,000 steps of play, or 5,000 of demonstrations of each of four skills. */
const EPISODES = 400;
const TESTS = 200;
const updates = Number(flag('updates', '60'));
const window = { windowMinimum: Number(flag('minimum', '1')), windowMaximum: Number(flag('window', '32')) };
const network = { hidden: [128, 128], learningRate: 1e-3, gradientSteps: 200, normalize: true };
const executor = compiledExecutor({ threads: 1 });

/** Behaviour cloning of the expert, on the goals that it was given, in batches of as many steps as GCBC's. */
const cloning = (episodes: number) =>
  goalLearner(
    { name: 'behaviour-cloning', base: imitationBase, reference: 'expert' },
    {
      ...network,
      batchSize: 256,
      episodesPerUpdate: episodes,
      capacity: episodes,
      warmUpEpisodes: 0,
      explorationRate: 0,
    },
  );

const plans = {
  replanEvery: Number(flag('replan', '10')),
  divergenceWeight: Number(flag('beta', '0.01')),
  latentSize: Number(flag('latent', '16')),
};
/** An arm: how to learn, of which episodes, and whether of each skill by itself, with a share of all updates. */
interface Arm {
  readonly create: () => ControlLearner;
  readonly perSkill: boolean;
  readonly noisy?: boolean;
}
const gcbc: Arm = {
  create: () => createGcbc({ ...network, ...window, playEpisodes: EPISODES }),
  perSkill: false,
};
const arms: Readonly<Record<string, Arm>> = {
  gcbc,
  lmp: {
    create: () => createPlayLmp({ ...network, ...window, ...plans, playEpisodes: EPISODES }),
    perSkill: false,
  },
  bc: { create: () => cloning(EPISODES / skills.length), perSkill: true },
  'bc-noisy': { create: () => cloning(EPISODES / skills.length), perSkill: true, noisy: true },
};

/** A desk whose expert's hand shakes as the player's does: noise of 0.2 on its motion. */
function shaken(task: DeskOptions['task']): ControlDistribution {
  const steady = desk({ task });
  const make = steady.references?.expert as NonNullable<ControlDistribution['references']>[string];
  return {
    ...steady,
    references: {
      expert(tasks, copiesPerTask, rng) {
        const expert = make(tasks, copiesPerTask, rng);
        const noise = rng.split('noise');
        return {
          act(steps) {
            const shaking = (action: number, index: number) =>
              index % 3 === 2 ? action : Math.min(1, Math.max(-1, action + 0.2 * noise.gaussian()));
            return expert.act(steps).map(shaking);
          },
        };
      },
    },
  };
}

async function train({ create, perSkill, noisy = false }: Arm, task: DeskOptions['task'], seed: number) {
  const distribution = noisy ? shaken(task) : desk({ task });
  const own = perSkill ? updates / skills.length : updates;
  const rng = createRng(seed).split('training');
  const learner = create();
  const training = await learner.openTraining({ distribution, trial: distribution.trial, executor, rng });
  let metrics: Readonly<Record<string, number>> = {};
  for (let update = 0; update < own; update += 1) ({ metrics } = await training.update());
  const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
  training.dispose();
  return { agent, metrics };
}

/** Share of test episodes in which the skill's goal was reached. */
async function success(
  agent: Awaited<ReturnType<typeof train>>['agent'],
  task: DeskOptions['task'],
  seed: number,
) {
  const distribution = desk({ task });
  const rng = createRng(1000 + seed);
  const tasks = Array.from({ length: TESTS }, (_, index) => distribution.task('test', index, rng));
  const trials = await runTrials({ agent, distribution, tasks, trial: distribution.trial, rng });
  return trials.filter(({ episodes }) => episodes[0]?.success).length / TESTS;
}

print(`arm | seed | ${skills.join(' | ')} | mean | loss`);
for (const seed of flag('seeds', '0').split(',').map(Number))
  for (const name of flag('arms', Object.keys(arms).join()).split(',')) {
    const arm = arms[name] ?? gcbc;
    const { perSkill } = arm;
    const shared = perSkill ? undefined : await train(arm, 'any', seed);
    const found: number[] = [];
    let loss = shared?.metrics.actorLoss ?? shared?.metrics.actionLoss ?? Number.NaN;
    for (const skill of skills) {
      const own = shared ?? (await train(arm, skill, seed));
      loss = shared === undefined ? (own.metrics.actorLoss ?? loss) : loss;
      found.push(await success(own.agent, skill, seed));
      if (perSkill) own.agent.dispose();
    }
    shared?.agent.dispose();
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
    print(
      `${name} | ${seed} | ${found.map((value) => value.toFixed(3)).join(' | ')} | ${mean.toFixed(3)} | ${loss.toFixed(3)}`,
    );
  }
process.exit();
