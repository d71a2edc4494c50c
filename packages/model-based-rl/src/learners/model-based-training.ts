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

/** What a training is made of, and never changes. */
interface TrainingParts {
  readonly context: ControlTrainingContext;
  readonly options: ModelBasedOptions;
  readonly parts: Composition;
  readonly packed: PackedParameters;
  readonly fitter: ReturnType<typeof createFitter>;
}

/** A training under way. */
class ModelBasedTraining implements ControlTraining {
  readonly #made: TrainingParts;
  readonly #agent: PlanningAgent;
  #state: TrainingState;
  #reports: (PlanReport | undefined)[] = [];

  constructor(made: TrainingParts, state: TrainingState) {
    this.#made = made;
    this.#state = state;
    const { context, options, parts, packed } = made;
    const reward = requireReward(options, sharedReward(context.distribution));
    this.#agent = planningAgent({
      parts,
      options,
      spec: packed.spec,
      ...(reward === undefined ? {} : { reward }),
      executor: context.executor,
      parameters: this.parameters(),
      onPlan: (report) => this.#reports.push(report),
    });
  }

  async update() {
    const { context, options, parts } = this.#made;
    const stream = context.rng.split('update').split(this.#state.update);
    const trajectories = await this.#gather(stream);
    const fitted = await this.#refit(stream.split('fit'));
    this.#state = { ...this.#state, update: this.#state.update + 1 };
    const { loss, heldOutLoss } = fitted;
    const compared = exploitation(this.#reports, trajectories, parts.horizon, options.control.discount);
    const own = { return: meanReturn(trajectories), loss, heldOutLoss, transitions: this.#state.store.size };
    return { metrics: finiteOnly({ ...own, ...compared }) };
  }

  parameters() {
    return { theta: this.#state.fit.theta, normalizer: this.#state.normalizer };
  }

  save(): Checkpoint {
    return saved(this.#state);
  }

  dispose(): void {
    this.#agent.dispose();
    this.#made.fitter.dispose();
  }

  /** Episodes of new tasks: random ones at first, and always where nothing is aggregated. */
  async #gather(stream: Rng): Promise<readonly Trajectory[]> {
    const { context, options } = this.#made;
    const first = this.#state.update === 0;
    const count = first ? options.data.initialEpisodes : options.data.episodesPerUpdate;
    const taskStream = context.rng.split('tasks');
    const tasks = Array.from({ length: count }, (_, index) =>
      context.distribution.task('train', this.#state.tasks + index, taskStream),
    );
    this.#reports = [];
    this.#agent.use(this.parameters());
    const acting = first || options.data.policy === 'random' ? undefined : this.#agent;
    const trajectories = await collect(context, acting, tasks, stream.split('collect'));
    for (const trajectory of trajectories) this.#state.store.add(trajectory);
    this.#state = { ...this.#state, tasks: this.#state.tasks + count };
    return trajectories;
  }

  async #refit(stream: Rng): Promise<FitReport> {
    const { parts, packed, fitter } = this.#made;
    const { store, fit } = this.#state;
    const normalizer = fitNormalizer(store.rows(), parts.sizes);
    const descends =
      parts.solved === undefined || packed.spec.leaves.some(({ path }) => path.startsWith('outcomes'));
    const report = await fitter.train(fit, normalizer, store, stream, descends ? undefined : 0);
    const theta = solve(parts, packed, report.state.theta, store, normalizer);
    this.#state = { ...this.#state, fit: { ...report.state, theta }, normalizer };
    return report;
  }
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
  requireReward(options, sharedReward(distribution));
  const packed = await initialParameters(parts, rng.split('init'));
  const fitter = createFitter(parts, options, packed.spec, executor);
  if (checkpoint !== undefined)
    return new ModelBasedTraining({ context, options, parts, packed, fitter }, restored(parts, checkpoint));
  const state = {
    fit: await fitter.begin(packed.vector),
    normalizer: fitNormalizer(new Float32Array(0), parts.sizes),
    store: transitionStore(parts.sizes, parts.actions),
    update: 0,
    tasks: 0,
  };
  return new ModelBasedTraining({ context, options, parts, packed, fitter }, state);
}
