import type { StepEncoding } from '../networks/step-encoding.js';
import type { TrialBatch } from './trial-batch.js';

/** Numbers in one input of a recurrent learner: observation, last action, last reward, whether an episode just ended. */
export function trialInputSize({ observationSize, actionSize }: StepEncoding): number {
  return observationSize + actionSize + 2;
}

/** What a recurrent agent remembers of its last step, apart from its hidden state. */
export interface LastStep {
  /** [T, stored action]. */
  readonly action: Float32Array;
  /** [T]. */
  readonly reward: Float32Array;
  /** 1 where the last step ended an episode, [T]. */
  readonly ended: Float32Array;
  /** 0 before the first step of the trial, when there is no last action; [T]. */
  readonly begun: Float32Array;
}

/** Before the first step of `trials` trials. */
export function noLastStep(encoding: StepEncoding, trials: number): LastStep {
  return {
    action: new Float32Array(trials * encoding.storedActionSize),
    reward: new Float32Array(trials),
    ended: new Float32Array(trials),
    begun: new Float32Array(trials),
  };
}

/** The last step after one more, in the copies where `active` is 1; a new value. */
export function afterStep(
  last: LastStep,
  encoding: StepEncoding,
  actions: Float32Array,
  steps: { readonly reward: Float32Array; readonly stepType: Uint8Array },
  active: Uint8Array,
): LastStep {
  const next = {
    action: last.action.slice(),
    reward: last.reward.slice(),
    ended: last.ended.slice(),
    begun: last.begun.slice(),
  };
  const size = encoding.storedActionSize;
  for (let copy = 0; copy < active.length; copy += 1) {
    if (active[copy] !== 1) continue;
    next.action.set(actions.subarray(copy * size, (copy + 1) * size), copy * size);
    next.reward[copy] = steps.reward[copy] as number;
    next.ended[copy] = steps.stepType[copy] === 2 ? 1 : 0;
    next.begun[copy] = 1;
  }
  return next;
}

/** Inputs of all copies at one moment, [T, I]. */
export function inputsNow(encoding: StepEncoding, observation: Float32Array, last: LastStep): Float32Array {
  const { observationSize: O, actionSize: A } = encoding;
  const size = trialInputSize(encoding);
  const trials = last.reward.length;
  const inputs = new Float32Array(trials * size);
  for (let trial = 0; trial < trials; trial += 1) {
    const at = trial * size;
    inputs.set(observation.subarray(trial * O, (trial + 1) * O), at);
    if (last.begun[trial] === 1) encoding.writeAction(inputs, at + O, last.action, trial);
    inputs[at + O + A] = last.reward[trial] as number;
    inputs[at + O + A + 1] = last.ended[trial] as number;
  }
  return inputs;
}

/**
 * The same inputs from recorded trials: what the agent saw before each of its steps.
 *
 * @param after - whether to add one more input per copy, at its end: what it would see next. Rows are then L + 1 long.
 * @returns [C, L or L + 1, I].
 */
export function inputsOfTrials(encoding: StepEncoding, batch: TrialBatch, after = false): Float32Array {
  const { observationSize: O, actionSize: A } = encoding;
  const size = trialInputSize(encoding);
  const rows = batch.length + (after ? 1 : 0);
  const inputs = new Float32Array(batch.copies * rows * size);
  for (let copy = 0; copy < batch.copies; copy += 1) {
    const steps = batch.lengths[copy] as number;
    for (let time = 0; time < steps + (after ? 1 : 0); time += 1) {
      const at = (copy * rows + time) * size;
      const step = copy * batch.length + time;
      const source = time < steps ? batch.observation : batch.next;
      const from = (time < steps ? step : step - 1) * O;
      inputs.set(source.subarray(from, from + O), at);
      if (time === 0) continue;
      encoding.writeAction(inputs, at + O, batch.action, step - 1);
      inputs[at + O + A] = batch.reward[step - 1] as number;
      inputs[at + O + A + 1] = batch.last[step - 1] as number;
    }
  }
  return inputs;
}
