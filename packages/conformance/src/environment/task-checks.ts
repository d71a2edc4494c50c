import { type ControlTask, createRng, type Split } from '@tasklearn/core';
import { demand } from '../check.js';
import type { EnvironmentSubject } from './walk.js';

const SPLITS: readonly Split[] = ['train', 'validation', 'test'];
const seed = () => createRng('conformance').split('tasks');
const keyOf = ({ parameters }: ControlTask) =>
  JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)));

function tasksOf({ distribution, tasksPerSplit }: EnvironmentSubject, split: Split): ControlTask[] {
  return Array.from({ length: tasksPerSplit }, (_, index) => distribution.task(split, index, seed()));
}

/** Split, index and the stream's key alone decide; not what was asked before, nor what the stream gave. */
export function demandTasksPure({ distribution }: EnvironmentSubject): void {
  for (const split of SPLITS) {
    const ask = (stream = seed) =>
      JSON.stringify([0, 1, 2, 3, 4, 5, 6, 7].map((index) => distribution.task(split, index, stream())));
    const used = () => {
      const stream = seed();
      stream.next();
      return stream;
    };
    const first = ask();
    distribution.task(split, 11, seed());
    demand(ask() === first, `${distribution.id}: ${split} tasks are others when asked for again.`, {
      split,
    });
    demand(
      ask(used) === first,
      `${distribution.id}: ${split} tasks depend on what their stream gave before.`,
      {
        split,
      },
    );
  }
}

/** That tasks vary where they are said to, and only there. */
export function demandTasksVary(subject: EnvironmentSubject): void {
  const { id, varies } = subject.distribution;
  const kinds = new Set(tasksOf(subject, 'train').map(keyOf)).size;
  demand(
    varies.length === 0 || kinds > 1,
    `${id}: declares that ${varies.join(', ')} vary, and its first ${subject.tasksPerSplit} training tasks are one.`,
  );
  demand(varies.length > 0 || kinds === 1, `${id}: declares that nothing varies, and its tasks differ.`);
}

/** Tasks are data: JSON, finite numbers, an id that names one task, an identity in its range. */
export function demandTasksPlain(subject: EnvironmentSubject): void {
  const { id, trainingTasks } = subject.distribution;
  for (const split of SPLITS) {
    const byId = new Map<string, string>();
    for (const task of tasksOf(subject, split)) {
      const copy = JSON.stringify(JSON.parse(JSON.stringify(task)));
      demand(copy === JSON.stringify(task), `${id}: task '${task.id}' is not JSON.`);
      const odd = Object.entries(task.parameters).find(([, value]) => !Number.isFinite(value));
      demand(odd === undefined, `${id}: parameters of task '${task.id}' must be finite, got ${odd}.`);
      demand(
        (byId.get(task.id) ?? keyOf(task)) === keyOf(task),
        `${id}: two different tasks of split ${split} have the id '${task.id}'.`,
      );
      byId.set(task.id, keyOf(task));
    }
  }
  if (trainingTasks === undefined) return;
  for (const { id: name, identity = -1 } of tasksOf(subject, 'train'))
    demand(
      Number.isInteger(identity) && identity >= 0 && identity < trainingTasks,
      `${id}: training task '${name}' must have an identity in [0, ${trainingTasks}), got ${identity}.`,
    );
}

/** Otherwise a test would be of what was trained on. */
export function demandTaskSplitsDisjoint(subject: EnvironmentSubject): void {
  const seen = new Map<string, Split>();
  for (const split of SPLITS)
    for (const task of tasksOf(subject, split)) {
      const other = seen.get(keyOf(task)) ?? split;
      demand(
        other === split,
        `${subject.distribution.id}: the splits ${other} and ${split} share the task ${keyOf(task)}.`,
        { splits: [other, split] },
      );
      seen.set(keyOf(task), split);
    }
}
