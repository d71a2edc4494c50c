import type { Checkpoint } from '../checkpoint/checkpoint.js';
import type { Executor } from '../executor.js';
import type { Rng } from '../randomness/rng.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import type { ControlDistribution, TrialProtocol } from './control-distribution.js';
import type { ControlSpec, TimeSteps } from './environment.js';
import type { RecordableReward } from './shared-reward.js';

/** What a learner is lent for training. */
export interface ControlTrainingContext {
  /** Tasks to train on: the learner asks for tasks of the `train` split only. Steps of its environments are counted. */
  readonly distribution: ControlDistribution;
  /** The trial in which agents will be tested. */
  readonly trial: TrialProtocol;
  /** Runs recordable functions. */
  readonly executor: Executor;
  /** All randomness of the training comes from here. */
  readonly rng: Rng;
}

/** What one outer update came to. */
export interface ControlUpdate {
  /** Numbers to log, e.g. `return`, `loss`. Not finite means that training has diverged. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * A training under way. It owns environments, replay buffers and compiled steps until disposed.
 * `save` after update n, opened again, goes on exactly as this one would.
 */
export interface ControlTraining {
  /** One outer update: collects experience and learns from it. */
  update(): Promise<ControlUpdate>;
  /** What agents need to act, a small part of the state. */
  parameters(): Tree<HostTensor>;
  /** Everything needed to continue bit for bit. */
  save(): Checkpoint;
  /** Frees everything. Calling it twice is harmless. */
  dispose(): void;
}

/** What an agent is opened with: no task is in it. */
export interface ControlAgentContext {
  readonly spec: ControlSpec;
  readonly executor: Executor;
  /**
   * What is wanted, where it is the same in all tasks: for agents that plan. `sharedReward` of the distribution makes
   * it. It says nothing of the task that an agent meets.
   */
  readonly reward?: RecordableReward;
}

/**
 * Acts in trials: T independent trials in lock-step, one copy and one task each, whose task it is not told. Its task
 * state is immutable: kept across the episodes of a trial, made anew for each trial.
 *
 * Per trial: `beginTrials`; per episode: `act` and `observe` in turn until all copies have ended, `endEpisode`, `adapt`.
 */
export interface ControlAgent<TaskState = unknown> {
  /** State for `trials` trials: nothing of any earlier trial is in it. */
  beginTrials(trials: number, protocol: TrialProtocol, rng: Rng): TaskState;
  /**
   * Actions of all copies, [T * A] or [T] indices. `steps` is what the environment showed last (reward and discount
   * included); copies where `active` is 0 have ended their episode and their actions are not used.
   */
  act(
    state: TaskState,
    steps: TimeSteps,
    active: Uint8Array,
    rng: Rng,
  ): Promise<{ readonly actions: Float32Array; readonly state: TaskState }>;
  /** What came of the actions; only copies with `active` 1 have moved. */
  observe(state: TaskState, actions: Float32Array, steps: TimeSteps, active: Uint8Array): TaskState;
  /** Called when the episode has ended in every copy. */
  endEpisode(state: TaskState): TaskState;
  /** Between episodes: gradient steps, belief updates, refits. */
  adapt(state: TaskState, rng: Rng): Promise<TaskState>;
  /** Frees compiled steps. Calling it twice is harmless. */
  dispose(): void;
}

/**
 * Goal-conditioned, meta- and model-based reinforcement learning: a training that collects its own experience, and
 * agents that collect their own support data through the environment they are lent.
 */
export interface ControlLearner<TaskState = unknown> {
  readonly kind: 'control';
  /**
   * Opens training, anew or from what an earlier one saved.
   *
   * @throws `UNSUPPORTED_TASK` where these tasks cannot be learnt (actions, goals, what varies), saying why.
   */
  openTraining(context: ControlTrainingContext, saved?: Checkpoint): Promise<ControlTraining>;
  /** Opens agents with fixed parameters, those of `ControlTraining.parameters`. */
  openAgent(parameters: Tree<HostTensor>, context: ControlAgentContext): Promise<ControlAgent<TaskState>>;
}
