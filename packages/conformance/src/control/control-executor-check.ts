import type { HostTensor, Tree } from '@tasklearn/core';
import type { Check } from '../check.js';
import { demandClose } from '../compare.js';
import {
  type ControlSubject,
  trainShortly,
  treeOfMetrics,
  treeOfTrials,
  tryParameters,
} from './control-subject.js';

/** That an update and a trial are the same however they are run: eagerly, compiled, on any backend. */
export function controlExecutorCheck(subject: ControlSubject, tolerance: number): Check {
  return { name: 'executors agree', run: () => demandAgreement(subject, tolerance) };
}

async function demandAgreement(subject: ControlSubject, tolerance: number): Promise<void> {
  const { executors, id } = subject;
  let first: { readonly parameters: Tree<HostTensor>; readonly found: Tree<HostTensor> } | undefined;
  for (const executor of executors) {
    const { learner, parameters, metrics } = await trainShortly(subject, { executor, updates: 1 });
    // From the same parameters: a trial is long, and differences grow.
    const trials = await tryParameters(subject, learner, first?.parameters ?? parameters, { executor });
    const found = { parameters, metrics: treeOfMetrics(metrics), trials: treeOfTrials(trials) };
    first ??= { parameters, found };
    demandClose(`${id}: '${executors[0].name}' and '${executor.name}'`, first.found, found, tolerance);
  }
}
