import {
  type Checkpoint,
  type ControlTraining,
  type ControlTrainingContext,
  type ControlUpdate,
  type Environment,
  type HostTensor,
  type Prepared,
  type Rng,
  type Tree,
  unpackHostTree,
} from '@tasklearn/core';
import { adam } from '@tasklearn/nn';
import { actionLimits, policyFor } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import { type FlatState, hostArray, hostNumber, initialFlatState } from '../networks/flat-update.js';
import { stepEncoding } from '../networks/step-encoding.js';
import { readCheckpoint, writeCheckpoint } from '../training/meta-checkpoint.js';
import { collectTrials, type TrialActor } from '../trials/collect-trials.js';
import { sampleTasks } from '../trials/sample-tasks.js';
import { standardize } from '../trials/trial-advantages.js';
import { createTrialBatch, summarizeTrials, type TrialBatch } from '../trials/trial-batch.js';
import { rateOf } from './inner-step.js';
import { tiledTheta } from './maml-agent.js';
import {
  type AdaptInput,
  actFunction,
  adaptFunction,
  gradientFunction,
  logProbabilityFunction,
  type MamlSetting,
  mamlSetting,
  type OuterStepInput,
  type OuterStepOutput,
  outerReport,
  trustRegionFunction,
} from './maml-functions.js';
import type { MamlRlOptions } from './maml-options.js';
import { type EpisodeSource, writePolicyRows } from './policy-episodes.js';
import { policyRowLayout } from './policy-rows.js';

type HostState = FlatState<HostTensor>;
type PhiRows = { readonly phi: Tensor; readonly rows: Tensor };

/** Everything that stays the same during a training. */
interface Fixed extends MamlSetting {
  readonly context: ControlTrainingContext;
  readonly batch: TrialBatch;
  readonly act: Prepared<
    { readonly phi: Tensor; readonly observation: Tensor },
    { readonly actions: Tensor }
  >;
  readonly adapt: Prepared<AdaptInput, { readonly phi: Tensor }>;
  readonly logProbability: Prepared<PhiRows, { readonly found: Tensor }>;
  readonly outerStep: Prepared<OuterStepInput, OuterStepOutput>;
}

/** Acts by given parameters of each task in E copies of it. */
function fixedActor({ act, layout, options, treeSpec }: Fixed, phi: Float32Array): TrialActor<null> {
  const tasks = options.tasksPerUpdate;
  const parameters = hostArray([tasks, treeSpec.size], phi);
  return {
    beginTrials: () => null,
    async act(state, { observation }, _active, rng) {
      const shape = [tasks, layout.episodes, layout.observationSize];
      const { actions } = await act.run(
        { phi: parameters, observation: hostArray(shape, observation.slice()) },
        rng,
      );
      return { actions: Float32Array.from(actions.data), state };
    },
    observe: (state) => state,
    endEpisode: (state) => state,
    adapt: async (state) => state,
  };
}

/** E episodes of each task with parameters φ: packed rows with log π, and the mean return of each task. */
async function sampleEpisodes(fixed: Fixed, environment: Environment, phi: Float32Array, rng: Rng) {
  const { batch, layout, options } = fixed;
  const trial = { explorationEpisodes: 0, executionEpisodes: 1 };
  await collectTrials({ actor: fixedActor(fixed, phi), environment, trial, rng, batch });
  const [tasks, items] = [options.tasksPerUpdate, layout.episodes * layout.horizon];
  const rows = new Float32Array(tasks * items * layout.width);
  const returns = new Float32Array(tasks);
  for (let task = 0; task < tasks; task += 1) {
    const sources = Array.from(
      { length: layout.episodes },
      (_, episode): EpisodeSource => ({ batch, copy: task * layout.episodes + episode }),
    );
    writePolicyRows(rows, task, layout, sources, options);
    const from = task * layout.episodes * batch.length;
    for (const reward of batch.reward.subarray(from, from + layout.episodes * batch.length))
      returns[task] = (returns[task] as number) + reward / layout.episodes;
  }
  const shape = [tasks, items, layout.width];
  const input = { phi: hostArray([tasks, fixed.treeSpec.size], phi), rows: hostArray(shape, rows) };
  const { found } = await fixed.logProbability.run(input, rng);
  const column = layout.observationSize + layout.actionSize + 1;
  for (let row = 0; row < tasks * items; row += 1)
    rows[row * layout.width + column] =
      (found.data[row] as number) * (rows[row * layout.width + column + 1] as number);
  const { returns: means, success } = summarizeTrials(batch, 1);
  return { rows: hostArray(shape, rows), returns, mean: means[0] as number, success: success[0] as number };
}

/** The data of one update: before every inner step, and after them all. */
async function collect(fixed: Fixed, theta: HostTensor, rng: Rng) {
  const { context, options, layout } = fixed;
  const { distribution } = context;
  const key = context.rng.split('tasks');
  const tasks = sampleTasks(distribution, options.tasksPerUpdate, rng.split('choice'), key);
  const environment = distribution.createEnvironment(tasks, layout.episodes, rng.split('environment'));
  const before: HostTensor[] = [];
  const returns: number[] = [];
  let phi = tiledTheta(theta, tasks.length);
  try {
    for (let step = 0; step < options.innerSteps; step += 1) {
      const stream = rng.split('before').split(step);
      const sampled = await sampleEpisodes(fixed, environment, phi, stream);
      before.push(sampled.rows);
      returns.push(sampled.mean);
      const rate = hostNumber(rateOf(options, step));
      const input = { phi: hostArray([tasks.length, fixed.treeSpec.size], phi), rows: sampled.rows, rate };
      phi = ((await fixed.adapt.run(input, stream)).phi.data as Float32Array).slice();
    }
    const after = await sampleEpisodes(fixed, environment, phi, rng.split('after'));
    const outcome = after.returns.slice();
    standardize(outcome, new Float32Array(outcome.length).fill(1));
    return {
      batch: { before, after: after.rows, outcome: hostArray([outcome.length], outcome) },
      returns: [...returns, after.mean],
      success: after.success,
    };
  } finally {
    environment.dispose();
  }
}

/** The parts that training and agents share, for an environment. */
export function mamlPolicy(spec: ControlTrainingContext['distribution']['spec'], options: MamlRlOptions) {
  const { hidden, initialLogDeviation } = options;
  const encoding = stepEncoding(spec);
  return {
    policy: policyFor(spec, { hidden, initialLogDeviation, activation: 'tanh' }),
    layout: policyRowLayout(
      encoding.observationSize,
      encoding.storedActionSize,
      options.episodesPerStep,
      spec.horizon,
      encoding.discrete ? undefined : actionLimits(spec.action),
    ),
  };
}

async function prepareFixed(context: ControlTrainingContext, options: MamlRlOptions) {
  const { spec } = context.distribution;
  const { policy, layout } = mamlPolicy(spec, options);
  const optimizer = adam({ learningRate: options.outerRate });
  const init = () => policy.init(context.rng.split('init')) as Tree<Tensor>;
  const first = await initialFlatState(init, optimizer);
  const setting = mamlSetting(policy, first.spec, layout, options);
  const outer =
    options.outer === 'trpo' ? trustRegionFunction(setting) : gradientFunction(setting, optimizer);
  const { executor } = context;
  const fixed: Fixed = {
    ...setting,
    context,
    batch: createTrialBatch(spec, options.tasksPerUpdate * options.episodesPerStep, spec.horizon),
    act: executor.prepare(actFunction(setting), { name: 'maml act' }),
    adapt: executor.prepare(adaptFunction(setting), { name: 'maml adapt' }),
    logProbability: executor.prepare(logProbabilityFunction(setting), { name: 'maml log probability' }),
    outerStep: executor.prepare(outer, { name: `maml ${options.outer}` }),
  };
  return { fixed, state: first.state };
}

const FORMAT = 'maml-rl 1';

/** Opens a training of MAML, with whatever outer step the options name. */
export async function openMamlTraining(
  context: ControlTrainingContext,
  options: MamlRlOptions,
  saved?: Checkpoint,
): Promise<ControlTraining> {
  const { fixed, state: initial } = await prepareFixed(context, options);
  const restored = saved === undefined ? undefined : readCheckpoint<HostState>(FORMAT, saved);
  let state = restored?.tensors ?? initial;
  let updates = restored?.updates ?? 0;
  return {
    async update(): Promise<ControlUpdate> {
      const rng = context.rng.split('update').split(updates);
      const { batch, returns, success } = await collect(fixed, state.theta, rng.split('collect'));
      const oldTheta = state.theta;
      let report: ArrayLike<number> = [];
      for (let epoch = 0; epoch < (options.outer === 'ppo' ? options.epochs : 1); epoch += 1) {
        const stepped = await fixed.outerStep.run({ ...state, ...batch, oldTheta }, rng.split('outer'));
        report = stepped.report.data;
        state = { theta: stepped.theta, optimizer: stepped.optimizer, step: stepped.step };
      }
      updates += 1;
      const byStep = returns.map((value, step) => [`returnAfter${step}`, value] as const);
      const numbers = outerReport.map((name, index) => [name, report[index] as number] as const);
      return {
        metrics: {
          return: returns.at(-1) as number,
          success,
          ...Object.fromEntries([...byStep, ...numbers]),
        },
      };
    },
    parameters: () => unpackHostTree(state.theta, fixed.treeSpec),
    save: () => writeCheckpoint(FORMAT, updates, state),
    dispose() {
      for (const step of [fixed.act, fixed.adapt, fixed.logProbability, fixed.outerStep]) step.dispose();
    },
  };
}
