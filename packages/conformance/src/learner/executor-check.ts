import type { HostTensor, Tree } from '@tasklearn/core';
import type { Check } from '../check.js';
import { demandClose } from '../compare.js';
import { initialTheta, outerGradient, predict, trainEpisodes } from './run-learner.js';
import { type Subject, TASKS } from './subject.js';

const TOLERANCE = 1e-4;

/** That an outer gradient and predictions are the same however they are run: eagerly, compiled, on any backend. */
export function executorCheck(subject: Subject): Check {
  return { name: 'executors agree', run: () => demandAgreement(subject) };
}

async function demandAgreement(subject: Subject): Promise<void> {
  const { distribution, executors, id } = subject;
  const { spec } = distribution;
  const learner = subject.create();
  const theta = await initialTheta(learner, spec);
  const episodes = trainEpisodes(distribution, TASKS);
  let first: Tree<HostTensor> | undefined;
  for (const executor of executors) {
    const update = await outerGradient(executor, learner, spec, theta, episodes);
    const { means, logProbabilities } = await predict(executor, learner, spec, theta, episodes);
    const found: Tree<HostTensor> = {
      means,
      logProbabilities,
      ...(update === undefined ? {} : numbersOf(update)),
    };
    first ??= found;
    demandClose(`${id}: '${executors[0].name}' and '${executor.name}'`, first, found, TOLERANCE);
  }
}

function numbersOf({ gradient, report }: NonNullable<Awaited<ReturnType<typeof outerGradient>>>): {
  readonly [name: string]: HostTensor;
} {
  const data = Float32Array.from(Object.values(report));
  return { gradient, report: { dtype: 'float32', shape: [data.length], data } };
}
