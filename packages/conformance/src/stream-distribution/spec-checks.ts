import type { StreamDistribution, StreamSpec } from '@tasklearn/core';
import { demand } from '../check.js';
import { demandLabelled } from '../demand-labelled.js';
import { evenlySpaced } from '../evenly-spaced.js';
import { eachLifetime, type StepData } from './stream-source.js';

/** Fewer targets than this may be equal to a number of their inputs by chance. */
const FEWEST_ITEMS = 16;

/** Batches, tasks, storage, gradients and the classes of tasks are numbers that a learner can keep to. */
export function demandDeclared({ id, spec }: StreamDistribution): void {
  const { batchSize, tasks, storage, gradientsPerItem = 1 } = spec;
  for (const [name, value] of Object.entries({ batchSize, tasks }))
    demand(Number.isInteger(value) && value >= 1, `${id}: \`${name}\` must be a whole number, got ${value}.`);
  const isStorage = storage === Number.POSITIVE_INFINITY || (Number.isInteger(storage) && storage >= 0);
  demand(isStorage, `${id}: \`storage\` must be a whole number or Infinity, got ${storage}.`);
  const isLimit = gradientsPerItem >= 0; // Written so that NaN fails.
  demand(isLimit, `${id}: \`gradientsPerItem\` must be at least 0, got ${gradientsPerItem}.`);
  if (spec.taskClasses !== undefined) demandTaskClasses(id, spec, spec.taskClasses);
}

function demandTaskClasses(id: string, spec: StreamSpec, taskClasses: readonly (readonly number[])[]): void {
  const { target, tasks, boundariesKnown, taskLabels } = spec;
  const isTold = boundariesKnown && taskLabels !== 'learning';
  demand(isTold, `${id}: \`taskClasses\` are of no use where a prediction is made without knowing the task.`);
  const expected = `${id}: \`taskClasses\` must have classes for each of ${tasks} tasks`;
  demand(taskClasses.length === tasks, `${expected}, got ${taskClasses.length} lists.`);
  const classes = target.kind === 'classification' ? target.classes : 0;
  for (const own of taskClasses) {
    const odd = own.find((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
    demand(own.length > 0 && odd === undefined, `${expected}, in [0, ${classes}), got [${own}].`);
  }
}

/** A lifetime has whole steps, from the first to the last, and each has B items of the form that is declared. */
export function demandStepsFit(distribution: StreamDistribution, lifetimes: number, steps: number): void {
  const { spec } = distribution;
  eachLifetime(distribution, lifetimes, (stream, what) => {
    const { length } = stream;
    demand(Number.isInteger(length) && length >= 1, `${what}: must have whole steps, got ${length}.`);
    for (const t of evenlySpaced(length, steps))
      demandLabelled(`${what}: step ${t},`, spec, stream.step(t), spec.batchSize);
  });
}

/** Whoever is shown the inputs does not see the targets: not beside them in memory, nor as one of their numbers. */
export function demandTargetsHidden(
  distribution: StreamDistribution,
  lifetimes: number,
  steps: number,
): void {
  eachLifetime(distribution, lifetimes, (stream, what) => {
    const shown: StepData[] = Array.from(evenlySpaced(stream.length, steps), (t) => stream.step(t));
    const beside = shown.some(({ inputs, targets }) => inputs.data.buffer === targets.data.buffer);
    demand(!beside, `${what}: inputs and targets of a step are in one buffer.`);
    const items = shown.flatMap(itemsOf);
    const [first] = items;
    const isTold = items.length >= FEWEST_ITEMS && items.some(({ target }) => target[0] !== first?.target[0]);
    if (first === undefined || !isTold) return;
    for (const place of first.target.keys()) {
      const told = Array.from(first.input.keys()).find((at) =>
        items.every(({ input, target }) => input[at] === target[place]),
      );
      demand(told === undefined, `${what}: number ${told} of every input is number ${place} of its target.`);
    }
  });
}

function itemsOf({ inputs, targets }: StepData) {
  const count = targets.shape[0] as number;
  const [size, width] = [inputs.data.length / count, targets.data.length / count];
  return Array.from({ length: count }, (_, item) => ({
    input: inputs.data.subarray(item * size, (item + 1) * size),
    target: targets.data.subarray(item * width, (item + 1) * width),
  }));
}
