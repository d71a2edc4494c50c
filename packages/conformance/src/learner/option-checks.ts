import {
  type EpisodeSpec,
  type EpisodicLearnerDescriptor,
  isJson,
  type Json,
  type LearnerDescriptor,
  resolveOptions,
  type TargetSpec,
  TasklearnError,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { type Check, demand, failure } from '../check.js';
import { checkRng } from './run-learner.js';

/** What the option checks may be told. */
export type OptionCheckOptions = {
  /** Options, each of which `create` must refuse. */
  readonly badOptions?: readonly object[];
  /** Names of text options that are no choice among few: any text is right for them. */
  readonly freeTextOptions?: readonly string[];
};

const NO_CHOICE = 'no such choice';

/** Checks of a learner's options; for learners of every kind. */
export function optionChecks(
  id: string,
  descriptor: LearnerDescriptor,
  options: OptionCheckOptions,
): readonly Check[] {
  return [
    {
      name: 'creates from its defaults alone',
      run: async () => {
        const { defaults } = descriptor;
        demand(isJson(defaults), `${id}: defaults must be JSON.`);
        const read = new Set<string>();
        const learner = descriptor.create(watched(resolveOptions(id, defaults), '', read));
        demand(
          learner.kind === descriptor.kind,
          `${id}: declares '${descriptor.kind}' and creates '${learner.kind}'.`,
        );
        demand(read.size === 0, `${id}: reads options that its defaults lack: ${[...read].join(', ')}.`, {
          keys: [...read],
        });
      },
    },
    {
      name: 'refuses bad option values',
      run: async () => {
        const { badOptions = [], freeTextOptions = [] } = options;
        for (const [path, value] of scalarsOf(descriptor.defaults as Json, [])) {
          if (typeof value === 'number') demandRefused(id, descriptor, path, Number.NaN);
          if (typeof value === 'string' && !freeTextOptions.includes(path.join('.'))) {
            demandRefused(id, descriptor, path, NO_CHOICE);
          }
        }
        for (const bad of badOptions)
          refusedBy(id, JSON.stringify(bad), () => createWith(id, descriptor, bad));
      },
    },
  ];
}

/** That a target kind which the learner does not declare is refused by `init` or before. */
export function targetCheck(
  id: string,
  descriptor: EpisodicLearnerDescriptor,
  create: () => unknown,
): readonly Check[] {
  const all: readonly TargetSpec[] = [
    { kind: 'classification', classes: 2 },
    { kind: 'regression', shape: [1] },
  ];
  const refused = all.filter(({ kind }) => !descriptor.capabilities.targets.includes(kind));
  if (refused.length === 0) return [];
  const run = async () => {
    for (const target of refused) {
      const learner = create() as { init(spec: EpisodeSpec, rng: unknown): unknown };
      try {
        tf.tidy(() => learner.init(specOf(target), checkRng()) as tf.TensorContainer);
      } catch (error) {
        if (TasklearnError.is(error, 'UNSUPPORTED_TASK')) continue;
        throw failure(`${id}: must refuse ${target.kind} with UNSUPPORTED_TASK, threw ${error}.`, { target });
      }
      throw failure(`${id}: does not declare ${target.kind} and does not refuse it with UNSUPPORTED_TASK.`, {
        target,
      });
    }
  };
  return [{ name: 'refuses targets it does not declare', run }];
}

function specOf(target: TargetSpec): EpisodeSpec {
  const classes = target.kind === 'classification' ? { ways: 2, shots: 2 } : {};
  const loss = target.kind === 'classification' ? 'crossEntropy' : 'meanSquaredError';
  return { input: { shape: [2], dtype: 'float32' }, target, loss, supportSize: 4, querySize: 4, ...classes };
}

/** Notes every key that is read and not there, at any depth. */
function watched<T>(value: T, path: string, missing: Set<string>): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return new Proxy(
    { ...value },
    {
      get(target, key, receiver) {
        const at = path === '' ? String(key) : `${path}.${String(key)}`;
        if (typeof key === 'string' && !(key in target)) missing.add(at);
        return watched(Reflect.get(target, key, receiver), at, missing);
      },
    },
  ) as T;
}

function* scalarsOf(value: Json, path: readonly string[]): Generator<readonly [readonly string[], Json]> {
  if (typeof value !== 'object' || value === null) yield [path, value];
  else if (!Array.isArray(value)) {
    for (const [key, child] of Object.entries(value)) yield* scalarsOf(child, [...path, key]);
  }
}

function demandRefused(
  id: string,
  descriptor: LearnerDescriptor,
  path: readonly string[],
  value: unknown,
): void {
  const bad = structuredClone(descriptor.defaults) as Record<string, unknown>;
  let inner = bad;
  for (const key of path.slice(0, -1)) inner = inner[key] as Record<string, unknown>;
  inner[path.at(-1) as string] = value;
  refusedBy(id, `${path.join('.')} = ${value}`, () => descriptor.create(bad));
}

function createWith(id: string, descriptor: LearnerDescriptor, options: object): void {
  descriptor.create(resolveOptions(id, descriptor.defaults, options));
}

function refusedBy(id: string, what: string, create: () => void): void {
  try {
    create();
  } catch (error) {
    if (TasklearnError.is(error, 'INVALID_OPTION')) return;
    throw failure(`${id}: must refuse ${what} with INVALID_OPTION, threw ${error}.`, { option: what });
  }
  throw failure(`${id}: must refuse ${what} with INVALID_OPTION, and took it.`, { option: what });
}
