import type { HostTensor, Stream, StreamDistribution, StreamSpec } from '@tasklearn/core';
import { demand, failure } from '../check.js';
import { demandIdentical } from '../compare.js';
import { contentKeys } from '../content-keys.js';
import { demandLabelled } from '../demand-labelled.js';
import { copyOf } from '../episodes/change-episodes.js';
import { evenlySpaced } from '../evenly-spaced.js';
import { dataOf, eachLifetime } from './stream-source.js';

/** The task of each run of steps of one task. */
function runsOf(tasks: readonly number[]): readonly number[] {
  return tasks.filter((task, t) => t === 0 || task !== tasks[t - 1]);
}

/** Which tasks steps belong to, in which order, and which of their classes arrive is what the spec says. */
export function demandTasksArrive(
  distribution: StreamDistribution,
  lifetimes: number,
  everyTask: boolean,
): void {
  const { spec } = distribution;
  eachLifetime(distribution, lifetimes, (stream, what) => {
    const tasks = Array.from({ length: stream.length }, (_, t) => {
      const { task, targets } = stream.step(t);
      demandClasses(`${what}: step ${t}`, spec, task, targets);
      return task;
    });
    const odd = tasks.find((task) => !(Number.isInteger(task) && task >= 0));
    demand(odd === undefined, `${what}: tasks must be numbered from 0, got ${odd}.`);
    if (spec.boundaries === 'discrete') demandOrder(what, spec, tasks, everyTask);
    else demandOneTaskIfIid(what, spec, tasks);
  });
}

function demandOneTaskIfIid(what: string, { order }: StreamSpec, tasks: readonly number[]): void {
  const isOne = order !== 'iid' || new Set(tasks).size === 1;
  demand(isOne, `${what}: the order is 'iid', and the task changes.`);
}

function demandOrder(what: string, spec: StreamSpec, tasks: readonly number[], everyTask: boolean): void {
  const kinds = new Set(tasks);
  const odd = tasks.find((task) => task >= spec.tasks);
  demand(odd === undefined, `${what}: ${spec.tasks} tasks are declared, and a step is of task ${odd}.`);
  demandOneTaskIfIid(what, spec, tasks);
  if (everyTask)
    demand(kinds.size === spec.tasks, `${what}: ${spec.tasks} tasks are declared, and ${kinds.size} arrive.`);
  if (spec.order !== 'periodic') return;
  const runs = runsOf(tasks);
  const returns = runs.every((task, run) => run < kinds.size || task === runs[run - kinds.size]);
  demand(returns, `${what}: the order is 'periodic', and tasks come as [${runs}].`);
}

function demandClasses(what: string, { taskClasses }: StreamSpec, task: number, targets: HostTensor): void {
  const own = taskClasses?.[task];
  if (own === undefined) return;
  const odd = targets.data.find((label) => !own.includes(label));
  demand(
    odd === undefined,
    `${what} is of task ${task}, whose classes are [${own}], and has the class ${odd}.`,
  );
}

/** Tasks that have test sets: all that are declared, or none. */
function tested(stream: Stream, spec: StreamSpec): readonly number[] {
  return stream.testSet === undefined ? [] : Array.from({ length: spec.tasks }, (_, task) => task);
}

function testSetOf(stream: Stream, task: number) {
  if (stream.testSet === undefined) throw failure('the stream has no test sets.');
  return stream.testSet(task);
}

/** Test sets are of discrete tasks, have the form and classes of those, and are the same before, during and after the lifetime. */
export function demandTestSetsFit(distribution: StreamDistribution, lifetimes: number, steps: number): void {
  const { spec } = distribution;
  eachLifetime(distribution, lifetimes, (stream, what) => {
    if (stream.testSet !== undefined && spec.boundaries !== 'discrete')
      throw failure(`${what}: has test sets of tasks, and boundaries that are not discrete.`);
    const kept = tested(stream, spec).map((task) => {
      const set = dataOf(testSetOf(stream, task));
      return { task, set, copy: copyOf(set) };
    });
    for (const t of evenlySpaced(stream.length, steps)) stream.step(t);
    for (const { task, set, copy } of kept)
      demandIdentical(`${what}: test set of task ${task}, and the same after other calls`, copy, set);
    for (const { task, copy } of kept) {
      const own = `${what}: test set of task ${task}`;
      const { inputs, targets } = testSetOf(stream, task);
      const count = targets.shape[0] ?? 0;
      demand(count >= 1, `${own} must have items.`);
      demandLabelled(`${own},`, spec, { inputs, targets }, count);
      demandClasses(own, spec, task, targets);
      demandIdentical(`${own}, before and after the lifetime`, copy, { inputs, targets });
    }
  });
}

/** No input of a test set arrives in the stream, bit for bit. */
export function demandTestItemsNew(distribution: StreamDistribution, lifetimes: number, steps: number): void {
  const { spec } = distribution;
  eachLifetime(distribution, lifetimes, (stream, what) => {
    const held = new Map<string, number>();
    for (const task of tested(stream, spec))
      for (const key of contentKeys(testSetOf(stream, task).inputs)) held.set(key, task);
    for (const t of held.size === 0 ? [] : evenlySpaced(stream.length, steps))
      for (const key of contentKeys(stream.step(t).inputs))
        demand(!held.has(key), `${what}: an item of step ${t} is in the test set of task ${held.get(key)}.`);
  });
}
