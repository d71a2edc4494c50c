import {
  type Checkpoint,
  type ControlAgent,
  type ControlTraining,
  type ControlTrainingContext,
  type ControlUpdate,
  type HostTensor,
  type Prepared,
  type Rng,
  TasklearnError,
  type Tree,
  type TreeSpec,
  unpackHostTree,
} from '@tasklearn/core';
import { adam, chain, clipByGlobalNorm } from '@tasklearn/nn';
import { createReplay, discreteActionsOf, type Replay } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import { type FlatState, hostArray, initialFlatState } from '../networks/flat-update.js';
import { stepEncoding } from '../networks/step-encoding.js';
import { readCheckpoint, writeCheckpoint } from '../training/meta-checkpoint.js';
import { collectTrials } from '../trials/collect-trials.js';
import { sampleTasks } from '../trials/sample-tasks.js';
import { createTrialBatch, summarizeTrials, type TrialBatch } from '../trials/trial-batch.js';
import { type DreamPractice, type DreamTaskState, dreamAgent } from './dream-agent.js';
import { dreamNetworks } from './dream-networks.js';
import type { DreamOptions } from './dream-options.js';
import { dreamFields, dreamLayout } from './dream-rows.js';
import { type DreamSetting, type DreamStepInput, dreamReport, dreamStep } from './dream-update.js';

type HostState = FlatState<HostTensor> & { readonly target: HostTensor };

/** Everything that stays the same during a training. */
interface Fixed extends DreamSetting {
  readonly context: ControlTrainingContext;
  readonly treeSpec: TreeSpec;
  readonly replay: Replay;
  readonly exploration: TrialBatch;
  readonly execution: TrialBatch;
  readonly step: Prepared<DreamStepInput, FlatState & { readonly target: Tensor; readonly report: Tensor }>;
}

/** @throws `UNSUPPORTED_TASK` where tasks are not numbered, actions continuous or nothing is explored. */
function requireSupported({ distribution, trial }: ControlTrainingContext): number {
  const { trainingTasks, spec } = distribution;
  const reason =
    trainingTasks === undefined
      ? 'training tasks must come from a finite set, each with its identity'
      : discreteActionsOf(spec) === undefined
        ? 'actions must be discrete'
        : trial.explorationEpisodes === 0
          ? 'a trial must begin with at least one exploration episode'
          : undefined;
  if (reason === undefined) return trainingTasks as number;
  throw new TasklearnError('UNSUPPORTED_TASK', `dream: ${reason} (${distribution.id}).`, {
    distribution: distribution.id,
    reason,
  });
}

async function prepareFixed(context: ControlTrainingContext, options: DreamOptions) {
  const problems = requireSupported(context);
  const { spec } = context.distribution;
  const { explorationEpisodes, executionEpisodes } = context.trial;
  const networks = dreamNetworks(spec, problems, options);
  const explored = explorationEpisodes * spec.horizon;
  const executed = executionEpisodes * spec.horizon;
  const layout = dreamLayout(stepEncoding(spec), explored, executed);
  const plain = adam({ learningRate: options.learningRate });
  const optimizer = options.clipNorm > 0 ? chain(clipByGlobalNorm(options.clipNorm), plain) : plain;
  const init = () => networks.init(context.rng.split('init')) as unknown as Tree<Tensor>;
  const first = await initialFlatState(init, optimizer);
  const setting = { networks, layout, options };
  const step = dreamStep(setting, first.spec, optimizer);
  const fixed: Fixed = {
    ...setting,
    context,
    treeSpec: first.spec,
    replay: createReplay({ capacity: options.capacity, fields: layout.fields }),
    exploration: createTrialBatch(spec, options.trialsPerUpdate, explored),
    execution: createTrialBatch(spec, options.trialsPerUpdate, executed),
    step: context.executor.prepare(step, { name: 'dream update' }),
  };
  const state: HostState = { ...first.state, target: first.state.theta };
  return { fixed, state };
}

/** ε at a trial: 1 while warming up, then falling. */
function epsilonAt({ warmUpTrials, epsilonTrials, finalEpsilon }: DreamOptions, trials: number): number {
  const share = Math.min(Math.max((trials - warmUpTrials) / epsilonTrials, 0), 1);
  return 1 + (finalEpsilon - 1) * share;
}

/** z of execution while training: f(μ) + ρ ε of the known problem, or in a share of the trials the decoded one. */
function practiceLatents(
  { options, treeSpec }: Fixed,
  theta: HostTensor,
  problems: readonly number[],
): DreamPractice['latent'] {
  const table = (unpackHostTree(theta, treeSpec) as unknown as { readonly embedding: HostTensor }).embedding;
  const { latentSize: Z, latentVariance, decodedShare } = options;
  return (decoded, rng) => {
    const latent = decoded.slice();
    for (const [trial, problem] of problems.entries()) {
      if (rng.next() < decodedShare) continue;
      for (let index = 0; index < Z; index += 1)
        latent[trial * Z + index] =
          (table.data[problem * Z + index] as number) + Math.sqrt(latentVariance) * rng.gaussian();
    }
    return latent;
  };
}

async function collect(
  fixed: Fixed,
  agentFor: (problems: readonly number[]) => ControlAgent<DreamTaskState>,
  rng: Rng,
): Promise<void> {
  const { context, options, exploration, execution } = fixed;
  const { distribution, trial } = context;
  const key = context.rng.split('tasks');
  const tasks = sampleTasks(distribution, options.trialsPerUpdate, rng.split('choice'), key);
  const problems = tasks.map(({ identity }) => identity as number);
  const environment = distribution.createEnvironment(tasks, 1, rng.split('environment'));
  const actor = agentFor(problems);
  const first = trial.explorationEpisodes;
  const end = first + trial.executionEpisodes;
  try {
    const common = { actor, environment, trial, rng: rng.split('trials') };
    const state = await collectTrials({
      ...common,
      batch: exploration,
      episodes: { first: 0, end: first },
    });
    await collectTrials({ ...common, batch: execution, episodes: { first, end }, state });
  } finally {
    environment.dispose();
  }
  fixed.replay.add(dreamFields(fixed.layout, exploration, execution, problems));
}

async function learn(fixed: Fixed, state: HostState, rng: Rng) {
  const { options, replay, step } = fixed;
  let next = state;
  const report = new Float32Array(dreamReport.length);
  for (let index = 0; index < options.gradientSteps; index += 1) {
    const stream = rng.split(index);
    const { rows } = replay.sample(stream.split('batch'), options.batchTrials);
    const flat = hostArray([options.batchTrials, replay.layout.size], rows.data as Float32Array);
    const stepped = await step.run({ ...next, rows: flat }, stream.split('noise'));
    const { theta, optimizer, target } = stepped;
    next = { theta, optimizer, step: stepped.step, target };
    report.set(stepped.report.data as Float32Array);
  }
  return { state: next, report };
}

const FORMAT = 'dream 1';

/** Opens a training of `dream`. */
export async function openDreamTraining(
  context: ControlTrainingContext,
  options: DreamOptions,
  saved?: Checkpoint,
): Promise<ControlTraining> {
  const { fixed, state: initial } = await prepareFixed(context, options);
  type Saved = { readonly state: HostState; readonly replay: Tree<HostTensor> };
  const restored = saved === undefined ? undefined : readCheckpoint<Saved>(FORMAT, saved);
  if (restored !== undefined) fixed.replay.restore(restored.tensors.replay);
  let state = restored?.tensors.state ?? initial;
  let updates = restored?.updates ?? 0;
  let problems: readonly number[] = [];
  const agent = dreamAgent({
    theta: () => state.theta,
    treeSpec: fixed.treeSpec,
    networks: fixed.networks,
    latentSize: options.latentSize,
    context: { spec: context.distribution.spec, executor: context.executor },
    practice: {
      epsilon: () => epsilonAt(options, updates * options.trialsPerUpdate),
      persistence: options.persistence,
      latent: (decoded, rng) => practiceLatents(fixed, state.theta, problems)(decoded, rng),
    },
  });
  const agentFor = (known: readonly number[]) => {
    problems = known;
    return agent;
  };
  return {
    async update(): Promise<ControlUpdate> {
      const rng = context.rng.split('update').split(updates);
      await collect(fixed, agentFor, rng.split('collect'));
      updates += 1;
      const { explorationEpisodes: first, executionEpisodes: count } = context.trial;
      const { returns, success } = summarizeTrials(fixed.execution, first + count);
      const outcome = { return: returns.at(-1) as number, success: success.at(-1) as number };
      if (updates * options.trialsPerUpdate <= options.warmUpTrials) return { metrics: outcome };
      const learned = await learn(fixed, state, rng.split('learn'));
      state = learned.state;
      const losses = dreamReport.map((name, index) => [name, learned.report[index] as number]);
      return { metrics: { ...outcome, ...Object.fromEntries(losses) } };
    },
    parameters: () => unpackHostTree(state.theta, fixed.treeSpec),
    save: () => writeCheckpoint(FORMAT, updates, { state, replay: fixed.replay.save() }),
    dispose() {
      agent.dispose();
      fixed.step.dispose();
    },
  };
}
