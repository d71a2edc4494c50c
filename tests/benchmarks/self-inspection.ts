import { createRng } from '@tasklearn/core';
import { compile, compiledExecutor, explainGraph } from '@tasklearn/runtime';
import { profileGraph } from '@tasklearn/runtime/node';
import { glyphs, sinusoids } from '@tasklearn/tasks';
import { median } from './measure.js';
import { prepareSteps } from './meta-step-runner.js';
import { workloads } from './workloads.js';

const milliseconds = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** Seconds that one call takes: the median of several batches of calls. */
function secondsOf(call: () => void, calls: number): number {
  call();
  return median(
    Array.from({ length: 7 }, () => {
      const start = performance.now();
      for (let index = 0; index < calls; index++) call();
      return (performance.now() - start) / 1000 / calls;
    }),
  );
}

/** How quickly episodes are drawn, next to the steps that use them. */
async function samplingTable(): Promise<string> {
  const rng = createRng(0);
  const images = await glyphs({ ways: 20, shots: 1, queries: 5 });
  const waves = sinusoids();
  let first = 0;
  let imageBuffer = images.episodes('train', 0, 1, rng);
  const perEpisode = secondsOf(() => {
    imageBuffer = images.episodes('train', first++, 1, rng, imageBuffer);
  }, 50);
  let waveBuffer = waves.episodes('train', 0, 25, rng);
  const perBatch = secondsOf(() => {
    first += 25;
    waveBuffer = waves.episodes('train', first, 25, rng, waveBuffer);
  }, 200);
  const row = (what: string, seconds: number, items: number) =>
    `| ${what} | ${milliseconds(1000 * seconds)} | ${(items / seconds).toLocaleString('en', { maximumSignificantDigits: 3 })} |`;
  return [
    '| batch | ms | items per second |',
    '|---|---|---|',
    row('20-way 1-shot 5-query episode of 28x28 glyphs (120 images)', perEpisode, 120),
    row('25 sinusoid tasks, 10 + 10 points (500 points)', perBatch, 500),
  ].join('\n');
}

/** Where one step's time goes: nodes before and after the simplifier, time to the first result, time by operator. */
async function inspect(title: string, name: string, innerSteps?: number): Promise<string> {
  const workload = await (workloads[name] as (typeof workloads)[string])({ innerSteps });
  const executor = compiledExecutor({ threads: 1, fallback: 'error' });
  const steps = await prepareSteps(workload, executor);
  const start = performance.now();
  await steps.run();
  const first = performance.now() - start;
  const input = steps.inputNow();
  const compiled = compile(steps.recordable, { fallback: 'error' });
  const graph = compiled.graph(input as never);
  const profile = await profileGraph(graph.graph, { runs: 30, warmUp: 5, threads: 1 });
  const { nodesRecorded, nodesSimplified } = explainGraph(graph, profile);
  compiled.dispose();
  const head = `### ${title}\n\n${nodesRecorded} nodes recorded, ${nodesSimplified} run; ${milliseconds(first)} ms from the first call to its result (recording, simplifying, loading, running).\n`;
  if (profile.status !== 'measured') return `${head}\nNo profile: ${profile.reason}\n`;
  const rows = profile.operators
    .slice(0, 12)
    .map(
      ({ operator, count, microseconds, share }) =>
        `| ${operator} | ${count} | ${milliseconds(microseconds / 1000)} | ${(100 * share).toFixed(0)} % |`,
    );
  return [head, '| operator | nodes | ms per step | share |', '|---|---|---|---|', ...rows, ''].join('\n');
}

/** Our own costs: sampling, compile time, and the profile of each step. */
export async function inspectSelf(log: (line: string) => void): Promise<string> {
  log('sampling, compile time and profiles');
  const sections = [
    await inspect('Sinusoid MAML, 1 inner step', 'sinusoid', 1),
    await inspect('Sinusoid MAML, 5 inner steps', 'sinusoid', 5),
    await inspect('ProtoNet 4-conv-64, 20-way 1-shot', 'protonet'),
    await inspect('MAML 4-conv-64, 5 inner steps', 'maml'),
  ];
  return `## Episode sampling\n\n${await samplingTable()}\n\n## Where the time goes\n\nBy the engine's profiler, one thread; it adds about a microsecond per node, which small graphs show.\n\n${sections.join('\n')}`;
}
