import { readFileSync } from 'node:fs';
import {
  agentContext,
  type ControlAgent,
  type ControlDistribution,
  createRng,
  type HostTensor,
  type PartialOptions,
  resolveOptions,
  type Trajectory,
  type Tree,
} from '@tasklearn/core';
import {
  type ModelBasedOptions,
  modelBasedLearner,
  modelBasedRlPlugin,
  modelErrorCurve,
} from '@tasklearn/model-based-rl';
import { compiledExecutor } from '@tasklearn/runtime';

export const print = (line: string) => process.stdout.write(`${line}\n`);
export const flag = (name: string, fallback: string) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? fallback;
export const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

export const executor = compiledExecutor({ threads: 1 });

/** A learner of a plan, its options complete. */
export interface Planned {
  readonly name: string;
  readonly options: ModelBasedOptions;
}

/** The learners of one of the plans beside this script. */
export function learnersOf(plan: string): {
  readonly learners: readonly Planned[];
  readonly updates: number;
} {
  const { learners, updates } = JSON.parse(
    readFileSync(new URL(`../${plan}.json`, import.meta.url), 'utf8'),
  ) as {
    readonly learners: readonly {
      readonly id: string;
      readonly name: string;
      readonly options: PartialOptions<ModelBasedOptions>;
    }[];
    readonly updates: number;
  };
  return {
    updates,
    learners: learners.map(({ id, name, options }) => {
      const key = id.split('/').at(-1) as keyof typeof modelBasedRlPlugin.learners;
      const { defaults } = modelBasedRlPlugin.learners[key];
      return { name, options: resolveOptions(key, defaults, options) };
    }),
  };
}

/** What a learner has learnt of a distribution's training tasks. */
export async function train(
  { options, name }: Planned,
  distribution: ControlDistribution,
  updates: number,
  seed: number,
): Promise<Tree<HostTensor>> {
  const context = { distribution, trial: distribution.trial, executor, rng: createRng(seed) };
  const training = await modelBasedLearner(options, name).openTraining(context);
  for (let update = 0; update < updates; update += 1) await training.update();
  const parameters = training.parameters();
  training.dispose();
  return parameters;
}

/** An agent with what was learnt. */
export function agentOf(
  { options, name }: Planned,
  parameters: Tree<HostTensor>,
  distribution: ControlDistribution,
): Promise<ControlAgent> {
  return modelBasedLearner(options, name).openAgent(parameters, agentContext(distribution, executor));
}

/** Steps of an episode from `from` to before `to`. */
function part({ observations, actions, rewards, length }: Trajectory, from: number, to: number): Trajectory {
  const [o, a] = [observations.length / (length + 1), actions.length / length];
  return {
    observations: observations.slice(from * o, (to + 1) * o),
    actions: actions.slice(from * a, to * a),
    rewards: rewards.slice(from, to),
    length: to - from,
    success: false,
    terminated: false,
  };
}

/**
 * Error of a model that has seen the episodes up to step `at`, 1 .. `ahead` steps ahead of it, in standard deviations of the
 * observation.
 */
export function errorAt(
  { options }: Planned,
  parameters: Tree<HostTensor>,
  distribution: ControlDistribution,
  trajectories: readonly Trajectory[],
  at: number,
  ahead: number,
): Promise<Float32Array> {
  const support = options.adaptation.kind === 'none' ? 1 : options.adaptation.support;
  return modelErrorCurve({
    options,
    parameters,
    spec: distribution.spec,
    trajectories: trajectories.map((trajectory) => part(trajectory, at - support, at + ahead)),
    horizon: ahead,
    starts: 4 * trajectories.length,
    executor,
    rng: createRng(at),
  });
}
