import {
  type ControlDistribution,
  createRng,
  randomAgent,
  runTrials,
  type Trajectory,
} from '@tasklearn/core';
import { windPoint } from '@tasklearn/environments';
import { agentOf, errorAt, flag, learnersOf, mean, print, train } from './experiment.js';

const SWITCH = 50;
const TASKS = 32;
const OFFSETS = [0, 1, 2, 4, 8, 16, 32] as const;
const AHEAD = 8;

const ranges = { wind: [-0.012, 0.012], gain: [-0.03, 0.03] } as const;
const distribution = windPoint(ranges);

/** The same tasks for twice as long, with the motor reversed after fifty steps. */
function reversed(): ControlDistribution {
  const base = windPoint({ ...ranges, horizon: 2 * SWITCH });
  return {
    ...base,
    createEnvironment(tasks, copiesPerTask, rng) {
      const environment = base.createEnvironment(tasks, copiesPerTask, rng);
      let made = 0;
      return {
        copies: environment.copies,
        spec: environment.spec,
        reset(which) {
          made = 0;
          return environment.reset(which);
        },
        step(actions, active) {
          made += 1;
          return environment.step(made > SWITCH ? actions.map((action) => -action) : actions, active);
        },
        snapshot: () => environment.snapshot(),
        restore: (snapshot) => environment.restore(snapshot),
        dispose: () => environment.dispose(),
      };
    },
  };
}

const switching = reversed();
/** Test tasks whose motor does something. */
const tasks = Array.from({ length: 4 * TASKS }, (_, index) => switching.task('test', index, createRng(0)))
  .filter(({ parameters }) => Math.abs(parameters.gain ?? 0) > 0.01)
  .slice(0, TASKS);

async function episodes(
  agent: Parameters<typeof runTrials>[0]['agent'],
  seed: number,
): Promise<Trajectory[]> {
  const trials = await runTrials({
    agent,
    distribution: switching,
    tasks,
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    rng: createRng(100 + seed),
    keepTrajectories: TASKS,
  });
  return trials.flatMap(({ episodes: [first] }) => (first?.trajectory ? [first.trajectory] : []));
}

/** Mean return of a stretch of steps. */
const returnOf = (all: readonly Trajectory[], from: number, to: number) =>
  mean(all.map(({ rewards }) => rewards.slice(from, to).reduce((sum, reward) => sum + reward, 0)));

const { learners, updates } = learnersOf('unknown-gain');
print(
  `learner | seed | return before | after | last ten steps | ${OFFSETS.map((offset) => `error ${offset} after`).join(' | ')}`,
);
for (const seed of flag('seeds', '0').split(',').map(Number)) {
  const undisturbed = await episodes(randomAgent(switching.spec), seed);
  const idle = [returnOf(undisturbed, 0, SWITCH), returnOf(undisturbed, SWITCH, 2 * SWITCH)];
  print(`random | ${seed} | ${idle.map((value) => value.toFixed(1)).join(' | ')}`);
  for (const planned of learners) {
    const parameters = await train(planned, distribution, updates, seed);
    const agent = await agentOf(planned, parameters, switching);
    const acted = await episodes(agent, seed);
    agent.dispose();
    const errors: number[] = [];
    for (const offset of OFFSETS) {
      const curve = await errorAt(planned, parameters, switching, undisturbed, SWITCH + offset, AHEAD);
      errors.push(curve[AHEAD - 1] as number);
    }
    const returns = [
      returnOf(acted, 0, SWITCH),
      returnOf(acted, SWITCH, 2 * SWITCH),
      returnOf(acted, 2 * SWITCH - 10, 2 * SWITCH),
    ];
    print(
      `${planned.name} | ${seed} | ${returns.map((value) => value.toFixed(1)).join(' | ')} | ${errors.map((value) => value.toFixed(3)).join(' | ')}`,
    );
  }
}
process.exit();
