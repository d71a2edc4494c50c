import {
  type Checkpoint,
  type ControlTask,
  type ControlTraining,
  type ControlTrainingContext,
  type HostTensor,
  type Json,
  packHostTree,
  type Rng,
  randomAgent,
  runTrials,
  sharedReward,
  TasklearnError,
  type Trajectory,
  unpackHostTree,
} from '@tasklearn/core';
import { type TransitionStore, transitionStore } from '../experience/transition-store.js';
import { fitNormalizer } from '../models/normalizer.js';
import type { HostParameters } from '../models/random-feature-model.js';
import { type Composition, compose } from './composition.js';
import { exploitation } from './experience-metrics.js';
import { createFitter, type FitReport, type FitState } from './fitter.js';
import type { ModelBasedOptions } from './model-based-options.js';
import { initialParameters, type PackedParameters } from './model-parameters.js';
import { type PlanningAgent, type PlanReport, planningAgent } from './planning-agent.js';

/** What a training carries on besides its options. */
interface TrainingState {
  readonly fit: FitState;
  readonly normalizer: HostTensor;
  readonly store: TransitionStore;
  /** Updates made. */
  readonly update: number;
  /** Tasks met. */
  readonly tasks: number;
}

/** What one collection came to. */
interface Collected {
  readonly trajectories: readonly Trajectory[];
  readonly reports: readonly (PlanReport | undefined)[];
}

const ONE_EPISODE = { explorationEpisodes: 0, executionEpisodes: 1 } as const;

function meanReturn(trajectories: readonly Trajectory[]): number {
  const returns = trajectories.map(({ rewards }) => rewards.reduce((sum, reward) => sum + reward, 0));
  return returns.reduce((sum, value) => sum + value, 0) / returns.length;
}

function finiteOnly(numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => !Number.isNaN(value)));
}

/** Episodes of an agent on tasks, one each, in lock-step. */
async function collect(
  { distribution }: ControlTrainingContext,
  agent: PlanningAgent | undefined,
  tasks: readonly ControlTask[],
  rng: Rng,
): Promise<readonly Trajectory[]> {
  const results = await runTrials({
    agent: agent ?? randomAgent(distribution.spec),
    distribution,
    tasks,
    trial: ONE_EPISODE,
    rng,
    keepTrajectories: tasks.length,
  });
  return results.map(({ episodes }) => episodes[0]?.trajectory as Trajectory);
}

/** θ with the head that fits the transitions best, where the model can be solved for. */
function solve(
  { solved }: Composition,
  { spec }: PackedParameters,
  theta: HostTensor,
  store: TransitionStore,
  normalizer: HostTensor,
): HostTensor {
  if (solved === undefined) return theta;
  const tree = unpackHostTree(theta, spec) as { readonly dynamics: HostParameters };
  const dynamics = solved.solve(tree.dynamics, store.rows(), normalizer);
  return packHostTree({ ...tree, dynamics }).vector;
}

function saved(state: TrainingState): Checkpoint {
  const { fit, normalizer, store, update, tasks } = state;
  return {
    tensors: { ...fit, normalizer, store: store.save() } as never,
    metadata: { update, tasks },
  };
}

function restored(parts: Composition, checkpoint: Checkpoint): TrainingState {
  const { store, normalizer, ...fit } = checkpoint.tensors as unknown as FitState & {
    readonly normalizer: HostTensor;
    readonly store: ReturnType<TransitionStore['save']>;
  };
  const { update, tasks } = checkpoint.metadata as { readonly [key: string]: Json };
  return {
    fit,
    normalizer,
    store: transitionStore(parts.sizes, parts.actions, store),
    update: update as number,
    tasks: tasks as number,
  };
}

/** @throws `UNSUPPORTED_TASK` where what is wanted is neither told nor learnt, or the model is one for different worlds. */
export function requireReward(
  options: ModelBasedOptions,
  reward: ReturnType<typeof sharedReward>,
): ReturnType<typeof sharedReward> {
  if (options.outcomes.reward === 'learned') return undefined;
  if (reward !== undefined) return reward;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    "These tasks have no recordable law of reward that is the same for all. Set `outcomes.reward` to 'learned'.",
    { needs: 'recordableReward' },
  );
}

/**
 * The data loop of model-based control: an update collects episodes, of random actions at first and then of the planner
 * (or random ones again, where nothing is aggregated), adds them to all data so far, and refits the model.
 */
export async function openModelBasedTraining(
  context: ControlTrainingContext,
  options: ModelBasedOptions,
  checkpoint?: Checkpoint,
): Promise<ControlTraining> {
  const { distribution, executor, rng } = context;
  const parts = compose(distribution.spec, options);
  const reward = requireReward(options, sharedReward(distribution));
  const packed = await initialParameters(parts, rng.split('init'));
  const fitter = createFitter(parts, options, packed.spec, executor);
  const empty = fitNormalizer(new Float32Array(0), parts.sizes);
  let state: TrainingState =
    checkpoint === undefined
      ? {
          fit: await fitter.begin(packed.vector),
          normalizer: empty,
          store: transitionStore(parts.sizes, parts.actions),
          update: 0,
          tasks: 0,
        }
      : restored(parts, checkpoint);
  const parameters = () => ({ theta: state.fit.theta, normalizer: state.normalizer });
  let reports: (PlanReport | undefined)[] = [];
  const agent = planningAgent({
    parts,
    options,
    spec: packed.spec,
    ...(reward === undefined ? {} : { reward }),
    executor,
    parameters: parameters(),
    onPlan: (report) => reports.push(report),
  });

  const gather = async (stream: Rng): Promise<Collected> => {
    const { data } = options;
    const first = state.update === 0;
    const count = first ? data.initialEpisodes : data.episodesPerUpdate;
    const taskStream = rng.split('tasks');
    const tasks = Array.from({ length: count }, (_, index) =>
      distribution.task('train', state.tasks + index, taskStream),
    );
    reports = [];
    agent.use(parameters());
    const acting = first || data.policy === 'random' ? undefined : agent;
    const trajectories = await collect(context, acting, tasks, stream.split('collect'));
    for (const trajectory of trajectories) state.store.add(trajectory);
    state = { ...state, tasks: state.tasks + count };
    return { trajectories, reports };
  };
  const refit = async (stream: Rng): Promise<FitReport> => {
    const normalizer = fitNormalizer(state.store.rows(), parts.sizes);
    const learnsNothing =
      parts.solved !== undefined && packed.spec.leaves.every(({ path }) => !path.startsWith('outcomes'));
    const report = await fitter.train(
      state.fit,
      normalizer,
      state.store,
      stream,
      learnsNothing ? 0 : undefined,
    );
    const theta = solve(parts, packed, report.state.theta, state.store, normalizer);
    state = { ...state, fit: { ...report.state, theta }, normalizer };
    return report;
  };
  return {
    async update() {
      const stream = rng.split('update').split(state.update);
      const { trajectories, reports: made } = await gather(stream);
      const fitted = await refit(stream.split('fit'));
      state = { ...state, update: state.update + 1 };
      const compared = exploitation(made, trajectories, parts.horizon, options.control.discount);
      return {
        metrics: finiteOnly({
          return: meanReturn(trajectories),
          loss: fitted.loss,
          heldOutLoss: fitted.heldOutLoss,
          transitions: state.store.size,
          ...compared,
        }),
      };
    },
    parameters,
    save: () => saved(state),
    dispose() {
      agent.dispose();
      fitter.dispose();
    },
  };
}
