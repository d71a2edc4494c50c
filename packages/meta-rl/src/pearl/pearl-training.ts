import {
  type Checkpoint,
  type ControlSpec,
  type ControlTask,
  type ControlTraining,
  type ControlTrainingContext,
  type ControlUpdate,
  type HostTensor,
  type Prepared,
  type Rng,
  type Tree,
  type TreeSpec,
  unpackHostTree,
} from '@tasklearn/core';
import { adam, cosine } from '@tasklearn/nn';
import { createReplay, type Replay } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import { type FlatState, hostNumber, initialFlatState } from '../networks/flat-update.js';
import { stepEncoding } from '../networks/step-encoding.js';
import { readCheckpoint, writeCheckpoint } from '../training/meta-checkpoint.js';
import { collectTrials } from '../trials/collect-trials.js';
import { trainingSet } from '../trials/sample-tasks.js';
import { createTrialBatch, summarizeTrials, type TrialBatch } from '../trials/trial-batch.js';
import { type ContextLayout, contextLayout } from './context-set.js';
import { latentDoubleQ, softActorCritic } from './latent-control.js';
import { type PearlTaskState, pearlAgent } from './pearl-agent.js';
import type { PearlOptions } from './pearl-options.js';
import { type PearlParts, type PearlStepInput, pearlReport, pearlStep } from './pearl-update.js';
import { productEncoder } from './product-encoder.js';
import { createTrainingContexts, type TrainingContexts } from './training-contexts.js';

type HostState = FlatState<HostTensor> & { readonly target: HostTensor };

/** Everything that stays the same during a training. */
interface Fixed {
  readonly context: ControlTrainingContext;
  readonly parts: PearlParts;
  readonly layout: ContextLayout;
  readonly treeSpec: TreeSpec;
  readonly tasks: readonly ControlTask[];
  readonly replay: Replay;
  readonly contexts: TrainingContexts;
  readonly step: Prepared<PearlStepInput, FlatState & { readonly target: Tensor; readonly report: Tensor }>;
}

/** The parts that training and agents share, for an environment. */
export function pearlParts(
  spec: ControlSpec,
  options: PearlOptions,
): { readonly parts: PearlParts; readonly layout: ContextLayout } {
  const encoding = stepEncoding(spec);
  const layout = contextLayout(encoding, options.contextNext, options.contextThreshold, options.contextBonus);
  const parts = {
    control: encoding.discrete ? latentDoubleQ(spec, options) : softActorCritic(spec, options),
    encoder: productEncoder(layout.features, options.encoderHidden, options.latentSize, options.priorFactor),
    observationSize: encoding.observationSize,
    actionSize: encoding.storedActionSize,
    options,
  };
  return { parts, layout };
}

async function prepareFixed(context: ControlTrainingContext, options: PearlOptions) {
  const { distribution, rng, executor } = context;
  const { parts, layout } = pearlParts(distribution.spec, options);
  const { observationSize: O, actionSize: A } = parts;
  const { learningRate: rate, learningRateDecayUpdates: decay, gradientSteps } = options;
  const learningRate = decay === 0 ? rate : cosine({ initial: rate, steps: decay * gradientSteps });
  const optimizer = adam({ learningRate });
  const init = () => ({
    encoder: parts.encoder.init(rng.split('init').split('encoder')),
    control: parts.control.init(rng.split('init').split('control')),
  });
  const first = await initialFlatState(init as () => Tree<Tensor>, optimizer);
  const tasks = trainingSet(distribution, options.trainingTasks, rng.split('tasks'));
  const fields = { observation: O, action: A, reward: 1, next: O, discount: 1 };
  const fixed: Fixed = {
    context,
    parts,
    layout,
    treeSpec: first.spec,
    tasks,
    replay: createReplay({ capacity: options.capacity, fields, tasks: tasks.length }),
    contexts: createTrainingContexts(layout, options, tasks.length, distribution.spec.horizon),
    step: executor.prepare(pearlStep(parts, first.spec, optimizer), { name: 'pearl update' }),
  };
  const state: HostState = { ...first.state, target: first.state.theta };
  return { fixed, state };
}

/** Adds what one copy did to the replay of its task. */
function remember({ replay }: Fixed, batch: TrialBatch, copy: number, task: number): void {
  const count = batch.lengths[copy] as number;
  const from = copy * batch.length;
  const part = (values: Float32Array, size: number) => values.subarray(from * size, (from + count) * size);
  const values = {
    observation: part(batch.observation, batch.observationSize),
    action: part(batch.action, batch.actionSize),
    reward: part(batch.reward, 1),
    next: part(batch.next, batch.observationSize),
    discount: part(batch.discount, 1),
  };
  replay.add(values, task);
}

/** Share of dense contexts at an update. */
function denseShareAt(options: PearlOptions, update: number): number {
  const { denseContextShare: share, denseContextUpdates, denseContextFloor: floor } = options;
  if (denseContextUpdates === 0) return share;
  return share + (floor - share) * Math.min(update / denseContextUpdates, 1);
}

/** What the weights of divergences are multiplied with at an update. */
function divergenceShareAt({ divergenceUpdates }: PearlOptions, update: number): number {
  return divergenceUpdates === 0 ? 1 : 0.1 + 0.9 * Math.min(update / divergenceUpdates, 1);
}

async function learn(fixed: Fixed, state: HostState, update: number, rng: Rng) {
  const { options } = fixed.parts;
  const tasks = Math.min(options.batchTasks, fixed.tasks.length);
  const denseShare = denseShareAt(options, update);
  const divergenceShare = hostNumber(divergenceShareAt(options, update));
  let next = state;
  const report = new Float32Array(pearlReport.length);
  for (let index = 0; index < options.gradientSteps; index += 1) {
    const stream = rng.split(index);
    const chosen = stream.split('tasks').permutation(fixed.tasks.length).slice(0, tasks);
    const { rows } = fixed.replay.sample(stream.split('rows'), options.batchSize, { tasks: chosen });
    const shown = fixed.contexts.draw(chosen, denseShare, stream.split('context'));
    const stepped = await fixed.step.run({ ...next, rows, ...shown, divergenceShare }, stream.split('noise'));
    const { theta, optimizer, target } = stepped;
    next = { theta, optimizer, step: stepped.step, target };
    report.set(stepped.report.data as Float32Array);
  }
  return { state: next, report };
}

/** Collects in the chosen tasks: contexts and transitions with z from the prior, then transitions from the posterior. */
function collector(fixed: Fixed, theta: () => HostTensor, updates: () => number) {
  const { context, parts, layout, treeSpec } = fixed;
  const { distribution, executor } = context;
  const { priorEpisodes, posteriorEpisodes, epsilon, epsilonUpdates, persistence } = parts.options;
  let [prior, dense] = [true, false];
  const epsilonNow = () => 1 + (epsilon - 1) * Math.min(updates() / epsilonUpdates, 1);
  const actor = pearlAgent({
    theta,
    treeSpec,
    parts,
    layout,
    context: { spec: distribution.spec, executor },
    practice: { epsilon: epsilonNow, persistence, fromPrior: () => prior, dense: () => dense },
  });
  const trial = { explorationEpisodes: priorEpisodes, executionEpisodes: posteriorEpisodes };
  const collect = async (chosen: Int32Array, rng: Rng) => {
    const tasks = Array.from(chosen, (task) => fixed.tasks[task] as ControlTask);
    const environment = distribution.createEnvironment(tasks, 1, rng.split('environment'));
    const batch = createTrialBatch(distribution.spec, tasks.length, distribution.spec.horizon);
    const common = { actor, environment, trial, rng: rng.split('trials'), batch };
    let state: PearlTaskState | undefined;
    dense = rng.split('dense').next() < denseShareAt(parts.options, updates());
    try {
      for (let episode = 0; episode < priorEpisodes + posteriorEpisodes; episode += 1) {
        prior = episode + 1 < priorEpisodes; // decides the draw after this episode
        const episodes = { first: episode, end: episode + 1 };
        state = await collectTrials({ ...common, episodes, ...(state === undefined ? {} : { state }) });
        for (const [copy, task] of chosen.entries()) {
          remember(fixed, batch, copy, task);
          fixed.contexts.add(batch, copy, task, episode < priorEpisodes);
        }
      }
      return summarizeTrials(batch, priorEpisodes + posteriorEpisodes);
    } finally {
      environment.dispose();
    }
  };
  return { collect, dispose: () => actor.dispose() };
}

const FORMAT = 'pearl 2';

/** Opens a training of `pearl` or `posterior-sampling`. */
export async function openPearlTraining(
  context: ControlTrainingContext,
  options: PearlOptions,
  saved?: Checkpoint,
): Promise<ControlTraining> {
  const { fixed, state: initial } = await prepareFixed(context, options);
  type Saved = {
    readonly state: HostState;
    readonly replay: Tree<HostTensor>;
    readonly contexts: Tree<HostTensor>;
  };
  const restored = saved === undefined ? undefined : readCheckpoint<Saved>(FORMAT, saved);
  if (restored !== undefined) {
    fixed.replay.restore(restored.tensors.replay);
    fixed.contexts.restore(restored.tensors.contexts);
  }
  let state = restored?.tensors.state ?? initial;
  let updates = restored?.updates ?? 0;
  const collecting = collector(
    fixed,
    () => state.theta,
    () => updates,
  );
  return {
    async update(): Promise<ControlUpdate> {
      const rng = context.rng.split('update').split(updates);
      const order = rng.split('tasks').permutation(fixed.tasks.length);
      // The first update fills every task's buffers.
      const chosen = updates === 0 ? order : order.slice(0, options.collectTasks);
      const { returns, success } = await collecting.collect(chosen, rng.split('collect'));
      const learned = await learn(fixed, state, updates, rng.split('learn'));
      state = learned.state;
      updates += 1;
      const losses = pearlReport.map((name, index) => [name, learned.report[index] as number]);
      const outcome = { return: returns.at(-1) as number, success: success.at(-1) as number };
      return { metrics: { ...outcome, ...Object.fromEntries(losses) } };
    },
    parameters: () => unpackHostTree(state.theta, fixed.treeSpec),
    save() {
      const buffers = { replay: fixed.replay.save(), contexts: fixed.contexts.save() };
      return writeCheckpoint(FORMAT, updates, { state, ...buffers });
    },
    dispose() {
      collecting.dispose();
      fixed.step.dispose();
    },
  };
}
