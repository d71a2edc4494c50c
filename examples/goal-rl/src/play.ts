import { type ControlLearner, createRng, runTrials } from '@tasklearn/core';
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
const updates = Number(flag('updates', '30'));
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
const arms: Readonly<Record<string, { readonly create: () => ControlLearner; readonly perSkill: boolean }>> =
  {
    gcbc: { create: () => createGcbc({ ...network, ...window, playEpisodes: EPISODES }), perSkill: false },
    lmp: {
      create: () => createPlayLmp({ ...network, ...window, ...plans, playEpisodes: EPISODES }),
      perSkill: false,
    },
    bc: { create: () => cloning(EPISODES / skills.length), perSkill: true },
    'bc-four-times': { create: () => cloning(EPISODES), perSkill: true },
  };

async function train(create: () => ControlLearner, task: DeskOptions['task'], seed: number) {
  const distribution = desk({ task });
  const rng = createRng(seed).split('training');
  const learner = create();
  const training = await learner.openTraining({ distribution, trial: distribution.trial, executor, rng });
  let metrics: Readonly<Record<string, number>> = {};
  for (let update = 0; update < updates; update += 1) ({ metrics } = await training.update());
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
    const { create, perSkill } = arms[name] ?? { create: () => createGcbc(), perSkill: false };
    const shared = perSkill ? undefined : await train(create, 'any', seed);
    const found: number[] = [];
    let loss = shared?.metrics.actorLoss ?? shared?.metrics.actionLoss ?? Number.NaN;
    for (const skill of skills) {
      const own = shared ?? (await train(create, skill, seed));
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
