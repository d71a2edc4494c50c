import {
  createRng,
  disposeTree,
  type Executor,
  flattenTree,
  type Hosted,
  type MetaStepInput,
  type MetaStepOutput,
  metaStep,
  toHost,
} from '@tasklearn/core';
import type { Workload } from './workloads.js';

/** Runs a workload's outer update again and again: state out of one step goes into the next. */
export async function prepareSteps({ learner, spec, next }: Workload, executor: Executor) {
  const root = createRng(0);
  const theta = learner.init(spec, root.split('init'));
  const { vector, spec: thetaSpec } = flattenTree(theta);
  const optimizer = learner.optimizer?.init(vector.size) ?? {};
  let state = (await toHost({ theta: vector, optimizer })) as Pick<
    Hosted<MetaStepInput>,
    'theta' | 'optimizer'
  >;
  disposeTree([theta, vector, optimizer]);
  const step = metaStep(learner, spec, thetaSpec);
  const prepared = executor.prepare<MetaStepInput, MetaStepOutput>(step.run, { name: 'benchmark' });
  let count = 0;
  const inputNow = () =>
    ({
      ...state,
      step: { dtype: 'float32', shape: [], data: Float32Array.of(count) },
      episodes: next(),
    }) as unknown as Hosted<MetaStepInput>;
  return {
    inputNow,
    recordable: step.run,
    async run(): Promise<number> {
      const output = (await prepared.run(
        inputNow(),
        root.split('update').split(count),
      )) as unknown as Hosted<MetaStepOutput>;
      count += 1;
      state = output as typeof state;
      return Number((output as unknown as { report: { data: Float32Array } }).report.data[0]);
    },
  };
}
