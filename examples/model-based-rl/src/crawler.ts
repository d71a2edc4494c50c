import { createRng, randomAgent, runTrials, type Trajectory } from '@tasklearn/core';
import { type SixLegOptions, sixLeg } from '@tasklearn/environments';
import { type Body, bodyOf, exactPlan, type Search } from './crawler-planner.js';
import { errorAt, flag, learnersOf, mean, print, train } from './experiment.js';

const conditions = ['none', 'slope', 'missing-leg', 'payload', 'calibration'] as const;
const LEGS = 6;
const SWITCH = 100;
const OFFSETS = [0, 1, 2, 4, 8, 16, 32] as const;
const parts = flag('parts', 'planner,models').split(',');
const tasksOf = (test: SixLegOptions['test'], count: number) => {
  const distribution = sixLeg({ test });
  const tasks = Array.from({ length: count }, (_, index) => distribution.task('test', index, createRng(0)));
  return { distribution, tasks };
};

/** Mean return of planning through the true equations of the body that is believed in. */
function planned(test: SixLegOptions['test'], search: Search, believed: (body: Body) => Body, count: number) {
  const { distribution, tasks } = tasksOf(test, count);
  const bodies = tasks.map(({ parameters }) => believed(bodyOf(parameters)));
  const rng = createRng(1);
  const environment = distribution.createEnvironment(tasks, 1, rng.split('environment'));
  const plans: Float32Array[] = tasks.map(() => new Float32Array(search.horizon * LEGS));
  let steps = environment.reset();
  let sum = 0;
  for (let time = 0; steps.stepType[0] !== 2; time += 1) {
    const actions = new Float32Array(tasks.length * LEGS);
    for (const [task, body] of bodies.entries()) {
      const seen = steps.observation.slice(task * 6, task * 6 + 6);
      const stream = rng.split('plan').split(time).split(task);
      const plan = exactPlan(seen, plans[task] as Float32Array, body, search, stream);
      plans[task] = plan;
      for (let leg = 0; leg < LEGS; leg += 1) actions[task * LEGS + leg] = ((plan[leg] as number) + 1) / 2;
    }
    steps = environment.step(actions);
    sum += mean(steps.reward);
  }
  environment.dispose();
  return sum;
}

if (parts.includes('planner')) {
  const nominal = bodyOf({});
  const short = { horizon: 25, candidates: 60, elites: 8, iterations: 2 };
  const long = { ...short, horizon: 50 };
  print(`planning through the true equations | ${conditions.join(' | ')}`);
  for (const [name, search, believed] of [
    ['the body is known, 25 steps', short, (body: Body) => body],
    ['the body is known, 50 steps', long, (body: Body) => body],
    ['the nominal body is believed, 50 steps', long, () => nominal],
  ] as const)
    print(`${name} | ${conditions.map((test) => planned(test, search, believed, 3).toFixed(0)).join(' | ')}`);
}

/** Random episodes, to be predicted. */
async function randomEpisodes(options: Partial<SixLegOptions>): Promise<Trajectory[]> {
  const distribution = sixLeg(options);
  const tasks = Array.from({ length: 64 }, (_, index) => distribution.task('test', index, createRng(0)));
  const trials = await runTrials({
    agent: randomAgent(distribution.spec),
    distribution,
    tasks,
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    rng: createRng(7),
    keepTrajectories: tasks.length,
  });
  return trials.flatMap(({ episodes: [first] }) => (first?.trajectory ? [first.trajectory] : []));
}

if (parts.includes('models')) {
  const { learners, updates } = learnersOf('six-leg');
  const known = await Promise.all(conditions.map((test) => randomEpisodes({ test })));
  const switched = await randomEpisodes({ test: 'none', switchEvery: SWITCH });
  const distribution = sixLeg();
  print(
    `learner | seed | ${conditions.map((test) => `${test}: 1, 5, 20 steps ahead`).join(' | ')} | ${OFFSETS.map((offset) => `${offset} after a change, 5 ahead`).join(' | ')}`,
  );
  for (const seed of flag('seeds', '0').split(',').map(Number))
    for (const learner of learners) {
      const parameters = await train(learner, distribution, updates, seed);
      const columns: string[] = [];
      for (const trajectories of known) {
        const errors = await errorAt(learner, parameters, distribution, trajectories, SWITCH, 20);
        columns.push([0, 4, 19].map((index) => (errors[index] as number).toFixed(3)).join(', '));
      }
      for (const offset of OFFSETS) {
        const errors = await errorAt(learner, parameters, distribution, switched, SWITCH + offset, 5);
        columns.push((errors[4] as number).toFixed(3));
      }
      print(`${learner.name} | ${seed} | ${columns.join(' | ')}`);
    }
}
process.exit();
