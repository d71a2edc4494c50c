import {
  disposeTree,
  type EpisodeBatch,
  eagerExecutor,
  isMetaTrained,
  leavesOf,
  type MetaTrainOptions,
  memoryCheckpointStore,
  metaTrain,
  type TrainingEvent,
  type Tree,
  toDevice,
  toHost,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type Check, demand } from '../check.js';
import { demandIdentical } from '../compare.js';
import { checkRng, initialTheta, outerGradient, predict, trainEpisodes } from './run-learner.js';
import { type Subject, TASKS } from './subject.js';

/** How a learner treats what it is given: seeds, inputs, memory, state. */
export function behaviourChecks(subject: Subject): readonly Check[] {
  const { descriptor } = subject;
  const trained = isMetaTrained(subject.create());
  return [
    ...(descriptor.capabilities.deterministic
      ? [{ name: 'same seed, same numbers', run: () => demandDeterministic(subject) }]
      : []),
    { name: 'leaves its inputs as they were', run: () => demandInputsUntouched(subject) },
    ...(trained ? [{ name: 'leaks no tensor per update', run: () => demandNoLeak(subject, 'update') }] : []),
    { name: 'leaks no tensor per adaptation', run: () => demandNoLeak(subject, 'adaptation') },
    ...(trained ? [{ name: 'state survives a checkpoint', run: () => demandResumable(subject) }] : []),
  ];
}

async function demandDeterministic(subject: Subject): Promise<void> {
  const { distribution, executors, id } = subject;
  const { spec } = distribution;
  const once = async () => {
    const learner = subject.create();
    const theta = await initialTheta(learner, spec);
    const episodes = trainEpisodes(distribution, TASKS);
    const update = await outerGradient(executors[0], learner, spec, theta, episodes);
    const { means, logProbabilities } = await predict(executors[0], learner, spec, theta, episodes);
    return {
      theta,
      predictions: { means, logProbabilities },
      ...(update === undefined ? {} : { gradient: update.gradient }),
    };
  };
  demandIdentical(`${id}: two runs from the same seed`, await once(), await once());
}

async function demandInputsUntouched(subject: Subject): Promise<void> {
  const { distribution, id } = subject;
  const { spec } = distribution;
  const learner = subject.create();
  const given = { theta: await initialTheta(learner, spec), episodes: trainEpisodes(distribution, TASKS) };
  const device = freeze(toDevice<{ theta: Tree<Tensor>; episodes: EpisodeBatch }>(given as never));
  try {
    const { theta, episodes } = device;
    tf.tidy(() => {
      const phi = freeze(learner.adapt(theta, episodes.support, checkRng(), spec) as Tree<Tensor>);
      learner.predict(theta, phi, episodes.query.inputs, checkRng(), spec).mean();
      learner.metaLoss?.(theta, episodes, checkRng(), spec);
      learner.metaGradient?.(theta, episodes, checkRng(), spec);
    });
    const disposed = leavesOf(device as never as Tree<Tensor>).filter((leaf) => leaf.isDisposed).length;
    demand(disposed === 0, `${id}: disposed ${disposed} of the tensors that it was given.`);
    demandIdentical(
      `${id}: inputs before and after`,
      given as never,
      (await toHost(device as never)) as never,
    );
  } finally {
    disposeTree(device as never);
  }
}

/** Objects and lists, not the tensors in them: assigning to a property then throws. */
function freeze<T>(tree: T): T {
  if (tree instanceof tf.Tensor || typeof tree !== 'object' || tree === null) return tree;
  for (const child of Object.values(tree)) freeze(child);
  return Object.freeze(tree);
}

/** The first calls may fill caches; from then on the count must stand still. */
async function demandNoLeak(subject: Subject, what: 'update' | 'adaptation'): Promise<void> {
  const { distribution, id } = subject;
  const { spec } = distribution;
  const learner = subject.create();
  const theta = await initialTheta(learner, spec);
  const episodes = trainEpisodes(distribution, TASKS);
  const executor = eagerExecutor();
  const counts: number[] = [];
  for (let call = 0; call < 4; call++) {
    if (what === 'update') await outerGradient(executor, learner, spec, theta, episodes);
    else await predict(executor, learner, spec, theta, episodes);
    counts.push(tf.memory().numTensors);
  }
  const leaked = ((counts[3] as number) - (counts[1] as number)) / 2;
  demand(leaked <= 0, `${id}: leaves ${leaked} tensors behind per ${what}.`, { counts });
}

/** A run that stops after each update and is taken up by a new instance makes the numbers of one that does not. */
async function demandResumable(subject: Subject): Promise<void> {
  const { distribution, executors, training, id } = subject;
  const run = (updates: number): Omit<MetaTrainOptions, 'learner'> => ({
    distribution,
    executor: executors[0],
    seed: 1,
    updates,
    tasksPerUpdate: Math.min(training.tasksPerUpdate, TASKS),
  });
  const whole = await lastEvent({ ...run(3), learner: subject.create() });
  const store = memoryCheckpointStore();
  let resumed = whole;
  for (const updates of [1, 2, 3])
    resumed = await lastEvent({ ...run(updates), learner: subject.create(), store });
  demandIdentical(`${id}: θ of a run in one piece and of one resumed twice`, whole, resumed);
}

async function lastEvent(options: MetaTrainOptions) {
  let last: TrainingEvent | undefined;
  for await (const event of metaTrain(options)) last = event;
  return (last as Extract<TrainingEvent, { kind: 'finished' }>).last;
}
