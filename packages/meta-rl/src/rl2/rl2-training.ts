import {
  type Checkpoint,
  type ControlAgent,
  type ControlTraining,
  type ControlTrainingContext,
  type ControlUpdate,
  type HostTensor,
  type Prepared,
  type Rng,
  type TreeSpec,
  unpackHostTree,
} from '@tasklearn/core';
import { adam, chain, clipByGlobalNorm, cosine } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import { type FlatState, hostArray, hostNumber, initialFlatState } from '../networks/flat-update.js';
import { type StepEncoding, stepEncoding } from '../networks/step-encoding.js';
import { readCheckpoint, writeCheckpoint } from '../training/meta-checkpoint.js';
import { collectTrials } from '../trials/collect-trials.js';
import { sampleTasks } from '../trials/sample-tasks.js';
import { standardize, trialAdvantages } from '../trials/trial-advantages.js';
import { createTrialBatch, summarizeTrials, type TrialBatch } from '../trials/trial-batch.js';
import { trialInputSize } from '../trials/trial-inputs.js';
import { type Rl2TaskState, rl2Agent, rl2Network } from './rl2-agent.js';
import type { Rl2Options } from './rl2-options.js';
import { fillTargets, packTrials } from './rl2-rows.js';
import {
  type Rl2Columns,
  type Rl2StepInput,
  rl2Columns,
  rl2Evaluate,
  rl2Report,
  rl2Step,
} from './rl2-update.js';

type Step = Prepared<Rl2StepInput, FlatState & { readonly report: Tensor }>;
type Evaluate = Prepared<
  { readonly theta: Tensor; readonly rows: Tensor },
  { readonly found: Tensor; readonly memories: Tensor }
>;

/** Everything that stays the same during a training. */
interface Setting {
  readonly context: ControlTrainingContext;
  readonly options: Rl2Options;
  readonly encoding: StepEncoding;
  readonly columns: Rl2Columns;
  readonly treeSpec: TreeSpec;
  /** Steps per segment of back-propagation, and segments per trial. */
  readonly segment: number;
  readonly segments: number;
  readonly stateSize: number;
  readonly batch: TrialBatch;
  readonly step: Step;
  readonly evaluate: Evaluate;
}

type HostState = FlatState<HostTensor>;

/** One trial per task with the acting parameters; returns the rows to learn from. */
async function collect(setting: Setting, agent: ControlAgent<Rl2TaskState>, state: HostState, rng: Rng) {
  const { context, options, batch, columns, segment, segments } = setting;
  const { distribution, trial } = context;
  const key = context.rng.split('tasks');
  const tasks = sampleTasks(distribution, options.trialsPerUpdate, rng.split('choice'), key);
  const environment = distribution.createEnvironment(tasks, 1, rng.split('environment'));
  try {
    await collectTrials({ actor: agent, environment, trial, rng: rng.split('trials'), batch });
  } finally {
    environment.dispose();
  }
  const length = segment * segments;
  const rows = packTrials(setting.encoding, columns, batch, length);
  const input = { theta: state.theta, rows: hostArray([batch.copies, length, columns.width], rows) };
  const { found, memories } = await setting.evaluate.run(input, rng.split('evaluate'));
  const values = new Float32Array(batch.copies * batch.length);
  const logProbability = new Float32Array(batch.copies * length);
  for (let copy = 0; copy < batch.copies; copy += 1) {
    for (let time = 0; time < length; time += 1) {
      const at = copy * length + time;
      logProbability[at] = found.data[2 * at] as number;
      if (time < batch.length) values[copy * batch.length + time] = found.data[2 * at + 1] as number;
    }
  }
  const targets = trialAdvantages(batch, values, {
    ...options,
    explorationEpisodes: trial.explorationEpisodes,
  });
  standardize(targets.advantages, batch.mask);
  fillTargets(rows, columns, batch, length, logProbability, targets);
  return { rows, memories: memories.data as Float32Array };
}

/** Rows and memories of the chosen segments, each [segments of a minibatch, ...]. */
function minibatch(
  { columns, segment, segments, stateSize, batch, options }: Setting,
  { rows, memories }: { readonly rows: Float32Array; readonly memories: Float32Array },
  order: Int32Array,
  index: number,
) {
  const count = (batch.copies * segments) / options.minibatches;
  const size = segment * columns.width;
  const chosen = new Float32Array(count * size);
  const begin = new Float32Array(count * stateSize);
  for (let row = 0; row < count; row += 1) {
    const sequence = order[index * count + row] as number;
    chosen.set(rows.subarray(sequence * size, (sequence + 1) * size), row * size);
    if (sequence % segments === 0) continue; // A trial begins with an empty memory.
    begin.set(memories.subarray((sequence - 1) * stateSize, sequence * stateSize), row * stateSize);
  }
  return {
    rows: hostArray([count, segment, columns.width], chosen),
    memory: hostArray([count, stateSize], begin),
  };
}

/** Weight of the entropy bonus at an update. */
function entropyWeightAt({ entropyWeight, entropyDecayUpdates }: Rl2Options, update: number): number {
  if (entropyDecayUpdates === 0) return entropyWeight;
  return entropyWeight * Math.max(0, 1 - update / entropyDecayUpdates);
}

async function learn(
  setting: Setting,
  state: HostState,
  collected: { readonly rows: Float32Array; readonly memories: Float32Array },
  update: number,
  rng: Rng,
): Promise<{ readonly state: HostState; readonly metrics: Record<string, number> }> {
  const { options, batch, segments, step } = setting;
  const entropyWeight = hostNumber(entropyWeightAt(options, update));
  let next = state;
  const report = new Float32Array(rl2Report.length);
  for (let epoch = 0; epoch < options.epochs; epoch += 1) {
    const order = rng.split(epoch).permutation(batch.copies * segments);
    for (let index = 0; index < options.minibatches; index += 1) {
      const part = minibatch(setting, collected, order, index);
      const stepped = await step.run({ ...next, ...part, entropyWeight }, rng);
      report.set(stepped.report.data as Float32Array);
      next = { theta: stepped.theta, optimizer: stepped.optimizer, step: stepped.step };
    }
  }
  return {
    state: next,
    metrics: Object.fromEntries(rl2Report.map((name, index) => [name, report[index] as number])),
  };
}

/** Adam with the options' rate, which may fall, and clipping. */
function optimizerOf(options: Rl2Options) {
  const { learningRate: initial, learningRateDecayUpdates: updates, epochs, minibatches } = options;
  const learningRate = updates === 0 ? initial : cosine({ initial, steps: updates * epochs * minibatches });
  const plain = adam({ learningRate });
  return options.clipNorm > 0 ? chain(clipByGlobalNorm(options.clipNorm), plain) : plain;
}

async function prepareSetting(context: ControlTrainingContext, options: Rl2Options) {
  const { spec } = context.distribution;
  const { explorationEpisodes, executionEpisodes } = context.trial;
  const encoding = stepEncoding(spec);
  const columns = rl2Columns(trialInputSize(encoding), encoding.storedActionSize);
  const network = rl2Network(spec, options);
  const steps = (explorationEpisodes + executionEpisodes) * spec.horizon;
  const segment = options.truncation === 0 ? steps : Math.min(options.truncation, steps);
  const optimizer = optimizerOf(options);
  const first = await initialFlatState(() => network.init(context.rng.split('init')), optimizer);
  const step = rl2Step(network, columns, options, first.spec, optimizer);
  const setting: Setting = {
    context,
    options,
    encoding,
    columns,
    treeSpec: first.spec,
    segment,
    segments: Math.ceil(steps / segment),
    stateSize: network.stateSize,
    batch: createTrialBatch(spec, options.trialsPerUpdate, steps),
    step: context.executor.prepare(step, { name: 'rl2 update' }),
    evaluate: context.executor.prepare(rl2Evaluate(network, columns, first.spec, segment), {
      name: 'rl2 evaluate',
    }),
  };
  return { setting, state: first.state };
}

const FORMAT = 'rl2 1';

/** Opens a training of `rl2`. */
export async function openRl2Training(
  context: ControlTrainingContext,
  options: Rl2Options,
  saved?: Checkpoint,
): Promise<ControlTraining> {
  const { setting, state: first } = await prepareSetting(context, options);
  const restored = saved === undefined ? undefined : readCheckpoint<HostState>(FORMAT, saved);
  let state = restored?.tensors ?? first;
  let updates = restored?.updates ?? 0;
  const agent = rl2Agent({
    theta: () => state.theta,
    treeSpec: setting.treeSpec,
    context: { spec: context.distribution.spec, executor: context.executor },
    options,
  });
  return {
    async update(): Promise<ControlUpdate> {
      const rng = context.rng.split('update').split(updates);
      const collected = await collect(setting, agent, state, rng.split('collect'));
      const learned = await learn(setting, state, collected, updates, rng.split('learn'));
      state = learned.state;
      updates += 1;
      const { explorationEpisodes: exploration, executionEpisodes: execution } = context.trial;
      const { returns, success } = summarizeTrials(setting.batch, exploration + execution);
      const counted = returns.slice(exploration);
      return {
        metrics: {
          return: counted.reduce((sum, value) => sum + value, 0),
          firstReturn: returns[0] as number,
          lastReturn: returns.at(-1) as number,
          success: success.at(-1) as number,
          ...learned.metrics,
        },
      };
    },
    parameters: () => unpackHostTree(state.theta, setting.treeSpec),
    save: () => writeCheckpoint(FORMAT, updates, state),
    dispose() {
      agent.dispose();
      setting.step.dispose();
      setting.evaluate.dispose();
    },
  };
}
