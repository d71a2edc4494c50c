import type { Prepared } from '../executor.js';
import { createRng } from '../randomness/create-rng.js';
import type { Rng } from '../randomness/rng.js';
import { type Divergence, runTraining, type TrainingRun } from '../training/run-training.js';
import type {
  FinishedEvent,
  TrainingEvent,
  UpdateEvent,
  ValidationEvent,
} from '../training/training-event.js';
import { unpackHostTree } from '../tree/pack-host-tree.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import { createJointEvaluator, type JointEvaluator } from './evaluate-joint.js';
import { type JointSampler, jointSampler } from './joint-sampler.js';
import { decodeJointState, encodeJointState, initialJointState, type JointState } from './joint-state.js';
import { type JointStepInput, type JointStepOutput, jointReportNames, jointStep } from './joint-step.js';
import { type TrainJointOptions, validateTrainJointOptions } from './train-joint-options.js';

/** A run under way. */
type Run = {
  readonly options: TrainJointOptions;
  readonly rng: Rng;
  readonly sample: JointSampler;
  readonly prepared: Prepared<JointStepInput, JointStepOutput>;
  readonly evaluator: JointEvaluator | undefined;
  state: JointState;
};

/**
 * The one loop of multi-task training: draws items of every task, runs the update as one prepared function, validates,
 * saves, and tells what happened.
 *
 *     θ ← θ + optimizer(combine(∇ L_1, ..., ∇ L_T))
 *
 * Every random number is a function of the seed and the update, so that a run that was interrupted and resumed makes the
 * same numbers as one that was not, bit for bit on the same executor. `update` events carry the loss of each task as
 * `loss/<task id>`.
 *
 * @throws at once: `INVALID_OPTION`, `UNSUPPORTED_TASK` for a task without training items.
 * @throws while iterating: `NOT_FINITE`, `CORRUPT_FILE`, `INVALID_OPTION`, `WRITE_FAILED` as `metaTrain` does.
 */
export function trainJoint(options: TrainJointOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  validateTrainJointOptions(options);
  const sample = jointSampler({ ...options, split: 'train' });
  return train(options, sample);
}

async function* train(
  options: TrainJointOptions,
  sample: JointSampler,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const {
    learner,
    distribution,
    executor,
    validation,
    store,
    checkpointEvery,
    logEvery = 1,
    signal,
  } = options;
  const rng = createRng(options.seed);
  const initial = await initialJointState(options, rng);
  const saved = await store?.load();
  const state = saved === undefined ? initial : decodeJointState(saved, options, initial);
  yield {
    kind: 'started',
    update: state.update,
    resumed: saved !== undefined,
    parameters: state.thetaSpec.size,
  };
  const prepared = executor.prepare(jointStep(learner, distribution.spec, state.thetaSpec), {
    name: 'joint update',
  });
  const evaluator =
    validation === undefined ? undefined : createJointEvaluator({ learner, distribution, executor });
  const run: Run = { options, rng, sample, prepared, evaluator, state };
  try {
    const schedule = { resumed: saved !== undefined, store, checkpointEvery, logEvery, signal };
    yield* runTraining(trainingRun(run), schedule);
  } finally {
    prepared.dispose();
    evaluator?.dispose();
  }
}

/** The run as the loop of all training drives it. */
function trainingRun(run: Run): TrainingRun {
  const { updates, validation } = run.options;
  return {
    owner: 'trainJoint',
    advice: 'Lower the learning rate, clip the gradient, or scale the labels.',
    update: () => run.state.update,
    isOver: () => run.state.update >= updates,
    makeUpdate: () => makeUpdate(run),
    isValidationDue: () => validation !== undefined && run.state.update % validation.every === 0,
    ...(validation === undefined ? {} : { validate: () => validate(run) }),
    encode: () => encodeJointState(run.state, run.options),
    brokenNumber: () => run.state.theta.data.find((element) => !Number.isFinite(element)),
    theta: () => treeOf(run.state),
    thetaBefore: () => treeOf(run.state), // A failed update has left it as it was.
    finished: () => finished(run.state),
  };
}

/** One update; moves `run.state` on only if its loss and gradient are finite. */
async function makeUpdate(run: Run): Promise<UpdateEvent | Divergence> {
  const { options, rng, state, prepared, sample } = run;
  const { theta, optimizer, combination } = state;
  const step: HostTensor = { dtype: 'float32', shape: [], data: Float32Array.of(state.update) };
  const batch = sample(state.update, rng.split('batches'));
  const input = { theta, optimizer, combination, step, batch };
  const stream = rng.split('update').split(state.update);
  const output = (await prepared.run(input as never, stream)) as JointStepOutput<HostTensor>;
  const update = state.update + 1;
  const names = jointReportNames(options.distribution.spec);
  const numbers = names.map((name, index) => [name, output.report.data[index] as number] as const);
  for (const [quantity, value] of numbers) if (!Number.isFinite(value)) return { update, quantity, value };
  const { report: _, ...next } = output;
  run.state = { ...state, ...next, update };
  const { loss, ...metrics } = Object.fromEntries(numbers);
  return { kind: 'update', update, loss: loss as number, metrics };
}

async function validate(run: Run): Promise<ValidationEvent> {
  const { state, evaluator, options } = run;
  const items = options.validation?.items;
  const results = await (evaluator as JointEvaluator).evaluate({
    theta: treeOf(state),
    split: 'validation',
    ...(items === undefined ? {} : { items }),
  });
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const score = results.reduce((sum, { losses }) => sum + mean(losses), 0) / results.length;
  const best = score < (state.best?.score ?? Number.POSITIVE_INFINITY);
  if (best) run.state = { ...state, best: { update: state.update, score, theta: state.theta } };
  return { kind: 'validation', update: state.update, metric: 'loss', score, loss: score, best };
}

function finished(state: JointState): FinishedEvent {
  const { update, thetaSpec, best } = state;
  const last = treeOf(state);
  if (best === undefined) return { kind: 'finished', update, theta: last, last };
  const { theta, ...found } = best;
  return { kind: 'finished', update, theta: unpackHostTree(theta, thetaSpec), last, best: found };
}

function treeOf({ theta, thetaSpec }: JointState): Tree<HostTensor> {
  return unpackHostTree(theta, thetaSpec);
}
