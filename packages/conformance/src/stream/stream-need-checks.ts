import { requireStream, type StreamSpec, TasklearnError } from '@tasklearn/core';
import { type Check, demand, failure } from '../check.js';
import { live, openAgent, type StreamSubject } from './stream-subject.js';
import { trivialStreamDistribution } from './trivial-stream-distribution.js';

/** That a learner says what it needs, and lives wherever it gets it. */
export function streamNeedChecks(subject: StreamSubject): readonly Check[] {
  return [
    { name: 'lives on every stream that grants what it needs', run: () => demandEnough(subject) },
    { name: 'declares what it needs', run: () => demandDeclared(subject) },
    ...targetCheck(subject),
  ];
}

/** The same stream with less and less told. */
function variantsOf({ distribution: { spec } }: StreamSubject): readonly StreamSpec[] {
  return [
    spec,
    { ...spec, taskLabels: 'learning' },
    { ...spec, boundariesKnown: false, taskLabels: 'learning' },
  ];
}

function isRefused(subject: StreamSubject, spec: StreamSpec): boolean {
  try {
    requireStream(subject.create().needs(spec), spec);
    return false;
  } catch (error) {
    if (TasklearnError.is(error, 'UNSUPPORTED_TASK')) return true;
    throw error;
  }
}

/** With labels, with labels while learning, without; and with no more storage than it asked for. */
async function demandEnough(subject: StreamSubject): Promise<void> {
  let lived = 0;
  for (const variant of variantsOf(subject)) {
    if (isRefused(subject, variant)) continue;
    const { storage } = subject.create().needs(variant);
    await live(subject, { spec: { ...variant, storage }, matrix: true });
    lived += 1;
  }
  demand(
    lived > 0,
    `${subject.id}: needs more than the stream of the checks grants. Give one that it can live on as \`distribution\`.`,
  );
}

/** Numbers of items that mean something; a phase of meta-training where it is declared, and only there. */
async function demandDeclared(subject: StreamSubject): Promise<void> {
  const { id, isTrained } = subject;
  for (const variant of variantsOf(subject)) {
    const { storage, gradientsPerItem = 0, metaTraining } = subject.create().needs(variant);
    demand(
      storage >= 0 && (Number.isInteger(storage) || storage === Number.POSITIVE_INFINITY),
      `${id}: must need a whole number of items to be kept, got ${storage}.`,
      { storage },
    );
    demand(
      gradientsPerItem >= 0,
      `${id}: must need no less than 0 gradients per item, got ${gradientsPerItem}.`,
    );
    demand(
      !metaTraining || subject.create().openTraining !== undefined,
      `${id}: needs to be meta-trained, and lacks \`openTraining\`.`,
    );
  }
  if (isTrained) await demandNoLife(subject);
}

/** A meta-trained learner cannot live without parameters. */
async function demandNoLife(subject: StreamSubject): Promise<void> {
  try {
    (await openAgent(subject, { parameters: undefined })).dispose();
  } catch (error) {
    if (TasklearnError.is(error)) return;
    throw failure(
      `${subject.id}: must refuse to live without parameters by a TasklearnError, threw ${error}.`,
    );
  }
  throw failure(`${subject.id}: declares that it must be meta-trained, and lives without parameters.`);
}

/** Streams of every kind of target that is declared are lived on, others refused. */
function targetCheck(subject: StreamSubject): readonly Check[] {
  const { targets } = subject.descriptor.capabilities;
  const all = ['classification', 'regression'] as const;
  const refused = all.filter((kind) => !targets.includes(kind));
  const others = targets.filter((kind) => kind !== subject.distribution.spec.target.kind);
  const checks: Check[] = [];
  if (others.length > 0 && !subject.isTrained)
    checks.push({
      name: 'lives on streams of every kind of target it declares',
      async run() {
        for (const target of others)
          await live({ ...subject, distribution: trivialStreamDistribution({ target }) }, { matrix: true });
      },
    });
  if (refused.length > 0)
    checks.push({
      name: 'refuses targets it does not declare',
      async run() {
        for (const target of refused) await demandTargetRefused(subject, target);
      },
    });
  return checks;
}

async function demandTargetRefused(
  subject: StreamSubject,
  target: 'classification' | 'regression',
): Promise<void> {
  const { spec } = trivialStreamDistribution({ target });
  try {
    (await openAgent(subject, { spec })).dispose();
  } catch (error) {
    if (TasklearnError.is(error, 'UNSUPPORTED_TASK')) return;
    throw failure(`${subject.id}: must refuse ${target} with UNSUPPORTED_TASK, threw ${error}.`, { target });
  }
  throw failure(`${subject.id}: does not declare ${target} and does not refuse it with UNSUPPORTED_TASK.`, {
    target,
  });
}
