import {
  type ControlTask,
  type Environment,
  type Rng,
  TasklearnError,
  type TimeSteps,
} from '@tasklearn/core';
import {
  actionSizeOf,
  checkIndices,
  clipActions,
  discreteActions,
  observationSizeOf,
} from './check-actions.js';
import type { Kernel, KernelFrame, VectorisedWorld } from './kernel.js';
import { decodeSnapshot, encodeSnapshot, fingerprint } from './snapshot.js';
import { StepRandom } from './step-random.js';

const FIRST = 0;
const MID = 1;
const LAST = 2;

/** An environment whose next episodes can begin where the last ones ended. */
export interface ResumableEnvironment extends Environment {
  /** Like `reset`, but worlds whose episode was truncated stay as they are. */
  resume(which?: Uint8Array): TimeSteps;
}

/** State is real here: E worlds, and what they showed last. */
class VectorisedEnvironment implements ResumableEnvironment {
  readonly copies: number;
  readonly spec: VectorisedWorld['spec'];
  readonly #id: string;
  readonly #owner: number;
  readonly #frame: KernelFrame;
  readonly #kernel: Kernel;
  readonly #steps: TimeSteps;
  readonly #taskOf: Int32Array;
  readonly #clipped: Float32Array | undefined;
  /** 1 where an episode may go on. */
  readonly #open: Uint8Array;
  #disposed = false;

  constructor(world: VectorisedWorld, tasks: readonly ControlTask[], copiesPerTask: number, rng: Rng) {
    const copies = tasks.length * copiesPerTask;
    this.copies = copies;
    this.spec = world.spec;
    this.#id = world.id;
    this.#owner = fingerprint(
      `${world.id} ${JSON.stringify(tasks.map(({ id, parameters }) => [id, parameters]))}`,
    );
    this.#taskOf = Int32Array.from({ length: copies }, (_, copy) => Math.floor(copy / copiesPerTask));
    const discrete = discreteActions(world.spec) > 0;
    this.#clipped = discrete ? undefined : new Float32Array(copies * actionSizeOf(world.spec));
    this.#open = new Uint8Array(copies);
    this.#steps = {
      stepType: new Uint8Array(copies).fill(LAST),
      observation: new Float32Array(copies * observationSizeOf(world.spec)),
      reward: new Float32Array(copies),
      discount: new Float32Array(copies).fill(1),
      success: new Uint8Array(copies),
    };
    this.#frame = {
      copies,
      spec: world.spec,
      tasks,
      state: new Float64Array(copies * world.stateSize),
      observation: this.#steps.observation,
      reward: this.#steps.reward,
      elapsed: new Int32Array(copies),
      episode: new Int32Array(copies).fill(-1),
      random: new StepRandom(rng, copies),
    };
    this.#kernel = world.createKernel(this.#frame);
  }

  reset(which?: Uint8Array): TimeSteps {
    this.#check('reset', which);
    const { stepType, reward, discount, success } = this.#steps;
    for (let copy = 0; copy < this.copies; copy += 1) {
      if (which !== undefined && which[copy] !== 1) continue;
      stepType[copy] = FIRST;
      reward[copy] = 0;
      discount[copy] = 1;
      success[copy] = 0;
      this.#open[copy] = 1;
      this.#frame.elapsed[copy] = 0;
      this.#frame.episode[copy] = (this.#frame.episode[copy] as number) + 1;
      this.#kernel.reset(copy, this.#taskOf[copy] as number);
    }
    return this.#steps;
  }

  /**
   * Begins new episodes where the last ones ended: time and reward begin anew, the worlds stay as they are. Copies whose
   * episode terminated, or that have had none, are reset.
   */
  resume(which?: Uint8Array): TimeSteps {
    const fresh = Uint8Array.from({ length: this.copies }, (_, copy) => {
      const over = this.#frame.episode[copy] === -1 || this.#steps.discount[copy] === 0;
      return over && (which === undefined || which[copy] === 1) ? 1 : 0;
    });
    this.reset(fresh);
    const { stepType, reward, success } = this.#steps;
    for (let copy = 0; copy < this.copies; copy += 1) {
      if (fresh[copy] === 1 || (which !== undefined && which[copy] !== 1)) continue;
      stepType[copy] = FIRST;
      reward[copy] = 0;
      success[copy] = 0;
      this.#open[copy] = 1;
      this.#frame.elapsed[copy] = 0;
      this.#frame.episode[copy] = (this.#frame.episode[copy] as number) + 1;
    }
    return this.#steps;
  }

  step(actions: Float32Array, active?: Uint8Array): TimeSteps {
    const valid = this.#validActions(actions, active);
    const { stepType, reward, discount, success } = this.#steps;
    const { elapsed } = this.#frame;
    const { horizon } = this.spec;
    const kernel = this.#kernel;
    for (let copy = 0; copy < this.copies; copy += 1) {
      if (active !== undefined && active[copy] !== 1) continue;
      reward[copy] = 0;
      const outcome = kernel.step(copy, this.#taskOf[copy] as number, valid);
      const time = (elapsed[copy] as number) + 1;
      elapsed[copy] = time;
      const terminated = outcome & 1;
      const last = (outcome & 5) !== 0 || time >= horizon;
      stepType[copy] = last ? LAST : MID;
      discount[copy] = 1 - terminated;
      success[copy] = (outcome >> 1) & 1;
      if (last) this.#open[copy] = 0;
    }
    return this.#steps;
  }

  snapshot(): Uint8Array {
    this.#check('snapshot');
    return encodeSnapshot(this.#parts(), this.#owner);
  }

  restore(snapshot: Uint8Array): void {
    this.#check('restore');
    decodeSnapshot(`${this.#id}: restore`, snapshot, this.#parts(), this.#owner);
  }

  dispose(): void {
    this.#disposed = true;
  }

  #parts() {
    const { state, elapsed, episode, random } = this.#frame;
    const { stepType, observation, reward, discount, success } = this.#steps;
    const { keys, counters } = random;
    return [
      state,
      elapsed,
      episode,
      keys,
      counters,
      stepType,
      observation,
      reward,
      discount,
      success,
      this.#open,
    ];
  }

  /** Checks everything before anything moves. */
  #validActions(actions: Float32Array, active: Uint8Array | undefined): Float32Array {
    this.#check('step', active);
    const caller = `${this.#id}: step`;
    const size = this.copies * actionSizeOf(this.spec);
    if (actions.length !== size)
      throw new TasklearnError(
        'SHAPE_MISMATCH',
        `${caller}: expected ${size} numbers as actions, got ${actions.length}.`,
        {
          expected: size,
          received: actions.length,
        },
      );
    for (let copy = 0; copy < this.copies; copy += 1)
      if ((active === undefined || active[copy] === 1) && this.#open[copy] !== 1)
        throw new TasklearnError(
          'RESET_NEEDED',
          `${caller}: copy ${copy} has no episode under way; reset it, or leave it out with \`active\`.`,
          { copy },
        );
    if (this.#clipped === undefined) {
      checkIndices(caller, actions, discreteActions(this.spec), active);
      return actions;
    }
    clipActions(caller, actions, this.spec, this.#clipped, active);
    return this.#clipped;
  }

  #check(method: string, mask?: Uint8Array): void {
    if (this.#disposed)
      throw new TasklearnError('DISPOSED', `${this.#id}: ${method} was called after dispose.`, { method });
    if (mask !== undefined && mask.length !== this.copies)
      throw new TasklearnError(
        'SHAPE_MISMATCH',
        `${this.#id}: ${method} expected a mask of ${this.copies} copies, got ${mask.length}.`,
        { method, expected: this.copies, received: mask.length },
      );
  }
}

/**
 * An environment of `tasks.length * copiesPerTask` copies out of the dynamics of one. The frame does everything but
 * those: step types, discounts, truncation at the horizon, masks, checks, random streams, snapshots. It allocates
 * nothing while stepping.
 *
 * What copy c does depends on its task, its actions and `rng.split(c)` alone, so many copies together do what each would
 * do on its own.
 */
export function vectorisedEnvironment(
  world: VectorisedWorld,
  tasks: readonly ControlTask[],
  copiesPerTask: number,
  rng: Rng,
): ResumableEnvironment {
  if (!Number.isInteger(copiesPerTask) || copiesPerTask < 1 || tasks.length < 1)
    throw new TasklearnError(
      'INVALID_OPTION',
      `${world.id}: createEnvironment expected at least one task and one copy of each, got ${tasks.length} and ${copiesPerTask}.`,
      { key: 'copiesPerTask', received: copiesPerTask },
    );
  return new VectorisedEnvironment(world, tasks, copiesPerTask, rng);
}
