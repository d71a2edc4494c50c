import {
  requireInteger,
  requireOneOf,
  requirePositive,
  type StreamSpec,
  TasklearnError,
} from '@tasklearn/core';
import type { ImageSource } from './image-source.js';

/** How the tasks of an image stream differ. */
export type ImageProtocol = 'permuted' | 'rotated' | 'split';

/**
 * What is told and asked:
 *
 * - `task`: the task of an input is always told, and predictions choose among its classes alone;
 * - `domain`: tasks share their labels (of `split`, the place of a class within its task), and the task is told only while learning;
 * - `class`: predictions choose among all classes, and the task is told only while learning;
 * - `hidden`: as `class` (`split`) or `domain` (the others), and the task is never told.
 */
export type Scenario = 'task' | 'domain' | 'class' | 'hidden';

/** Options of streams of images. */
export type ImageStreamOptions = {
  readonly protocol: ImageProtocol;
  readonly scenario: Scenario;
  /** T. */
  readonly tasks: number;
  /** Items of each task, a multiple of `batchSize`. */
  readonly itemsPerTask: number;
  /** Test items of each task. */
  readonly testItems: number;
  /** B, items that arrive at once. */
  readonly batchSize: number;
  /** How often the items of a task are seen; 1 for a true stream. */
  readonly passes: number;
  /** Items a learner may keep; null for no limit. */
  readonly storage: number | null;
  /** Largest angle of `rotated`, degrees. */
  readonly largestAngle: number;
  /**
   * - `sequence`: each task once;
   * - `periodic`: each for `segment` steps, in turn, round and round;
   * - `switching`: with probability 1 / `segment` at every step another task, at random: segments of geometric length;
   * - `shuffled`: the same items in random order, as one task whose test set is that of all of them. What a learner makes of it is the
   *   oracle of independent and identically distributed data; not for the scenario `task`.
   */
  readonly order: 'sequence' | 'periodic' | 'switching' | 'shuffled';
  /** Steps of a segment of `periodic`, mean steps of one of `switching`. */
  readonly segment: number;
};

/** The protocol of GEM's experiments: 20 permutations of 1,000 items, batches of 10, one pass. What may be kept is not limited. */
export const imageStreamDefaults: ImageStreamOptions = {
  protocol: 'permuted',
  scenario: 'domain',
  tasks: 20,
  itemsPerTask: 1000,
  testItems: 1000,
  batchSize: 10,
  passes: 1,
  storage: null, // A default of null lets plans say null, too.
  largestAngle: 180,
  order: 'sequence',
  segment: 25,
};

function invalid(owner: string, key: string, rule: string, received: unknown): TasklearnError {
  return new TasklearnError(
    'INVALID_OPTION',
    `${owner}: option \`${key}\` must be ${rule}, got ${String(received)}.`,
    { owner, key, received },
  );
}

/** Checks options against the images there are. @throws `INVALID_OPTION`. */
export function checkImageStream(owner: string, source: ImageSource, options: ImageStreamOptions): void {
  requireOneOf(owner, options, 'protocol', ['permuted', 'rotated', 'split']);
  requireOneOf(owner, options, 'scenario', ['task', 'domain', 'class', 'hidden']);
  for (const key of ['itemsPerTask', 'testItems', 'batchSize', 'passes'] as const)
    requireInteger(owner, options, key);
  requirePositive(owner, options, 'largestAngle');
  requireOneOf(owner, options, 'order', ['sequence', 'periodic', 'switching', 'shuffled']);
  requireInteger(owner, options, 'segment');
  if (options.order === 'shuffled' && options.scenario === 'task')
    throw invalid(owner, 'scenario', "other than 'task' where tasks are shuffled", options.scenario);
  const most = options.protocol === 'split' ? Math.floor(source.classes / 2) : 10_000;
  requireInteger(owner, options, 'tasks', 1, most);
  if (options.itemsPerTask % options.batchSize !== 0)
    throw invalid(owner, 'itemsPerTask', 'a multiple of `batchSize`', options.itemsPerTask);
  if (options.protocol === 'split' && source.classes % options.tasks !== 0)
    throw invalid(owner, 'tasks', `a divisor of the ${source.classes} classes`, options.tasks);
  if (options.storage !== null) requireInteger(owner, { storage: options.storage }, 'storage', 0);
}

/** What a stream with these options declares. Split tasks take consecutive places of an order of the classes. */
export function imageStreamSpec(source: ImageSource, options: ImageStreamOptions): StreamSpec {
  const { protocol, scenario, tasks, batchSize, storage } = options;
  const shuffled = options.order === 'shuffled';
  const each = source.classes / tasks;
  const within = protocol === 'split' && scenario === 'domain';
  const classes = within ? each : source.classes;
  const ofTask = (task: number) =>
    Array.from({ length: protocol === 'split' ? each : classes }, (_, place) =>
      protocol === 'split' ? task * each + place : place,
    );
  return {
    input: { shape: [source.side * source.side], dtype: 'float32' },
    target: { kind: 'classification', classes },
    loss: 'crossEntropy',
    order: shuffled ? 'iid' : options.order === 'periodic' ? 'periodic' : 'piecewise',
    boundaries: 'discrete',
    boundariesKnown: scenario !== 'hidden',
    taskLabels: scenario === 'task' ? 'always' : 'learning',
    ...(scenario === 'task' && { taskClasses: Array.from({ length: tasks }, (_, task) => ofTask(task)) }),
    batchSize,
    tasks: shuffled ? 1 : tasks,
    storage: storage ?? Number.POSITIVE_INFINITY,
  };
}
