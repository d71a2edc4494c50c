import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Executor, eagerExecutor } from '@tasklearn/core';
import { chooseBackend, compiledExecutor } from '@tasklearn/runtime';
import { prepareSteps } from './meta-step-runner.js';
import { workloads } from './workloads.js';

const { values } = parseArgs({
  options: {
    workload: { type: 'string', default: 'sinusoid' },
    execution: { type: 'string', default: 'compiled' },
    threads: { type: 'string', default: '1' },
    'inner-steps': { type: 'string' },
    tasks: { type: 'string' },
    width: { type: 'string' },
  },
});

const optional = (text?: string) => (text === undefined ? undefined : Number(text));
const print = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

async function executorOf(execution: string): Promise<Executor> {
  if (execution === 'compiled') {
    await chooseBackend('cpu');
    return compiledExecutor({ threads: Number(values.threads), fallback: 'error' });
  }
  await chooseBackend(execution === 'eager-wasm' ? 'wasm' : 'cpu');
  return eagerExecutor();
}

const dials = {
  innerSteps: optional(values['inner-steps']),
  tasks: optional(values.tasks),
  width: optional(values.width),
};
const workload = await workloads[values.workload]?.(dials);
if (workload === undefined)
  throw new Error(`no workload ${values.workload}; there are ${Object.keys(workloads)}`);
const executor = await executorOf(values.execution);
const steps = await prepareSteps(workload, executor);
await steps.run();
print({ ready: true, version: executor.name });

for await (const line of createInterface({ input: process.stdin })) {
  const [word, count] = line.split(' ');
  if (word !== 'run') break;
  const start = performance.now();
  let loss = Number.NaN;
  for (let index = 0; index < Number(count); index++) loss = await steps.run();
  print({ seconds: (performance.now() - start) / 1000, loss });
}
process.exit(0);
