import { createRng } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { glyphs } from '@tasklearn/tasks';
import { drawEpisode } from './draw-episode.js';
import { learn } from './learn.js';

const parameters = new URLSearchParams(location.search);
const number = (name: string, usual: number) => Number(parameters.get(name) ?? usual);
const element = (id: string) => document.getElementById(id) as HTMLElement;
const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;

const status = element('status');
const progress = element('progress') as HTMLProgressElement;

async function main(): Promise<object> {
  const [updates, seed, episodes] = [number('updates', 300), number('seed', 0), number('episodes', 100)];
  const distribution = await glyphs({ ways: 5, shots: 1, queries: 3 });
  const fallbacks: string[] = [];
  const executor = compiledExecutor({ onFallback: ({ message }) => fallbacks.push(message) });
  const began = performance.now();
  const { untrained, trained, first, name } = await learn(
    distribution,
    executor,
    { updates, seed, episodes },
    (update, loss) => {
      progress.value = update / updates;
      status.textContent = `Update ${update} of ${updates}, loss ${loss.toFixed(3)}`;
    },
  );
  const seconds = (performance.now() - began) / 1000;
  status.textContent =
    `${percent(trained)} right on characters never seen (${percent(untrained)} before meta-training), ` +
    `${updates} updates in ${seconds.toFixed(0)} s, ${name}.`;
  drawEpisode(element('episode'), distribution, first, createRng(seed).split('test'));
  return { untrained, trained, executor: name, fallbacks, seconds };
}

const result = await main().catch((error: unknown) => ({ error: String(error) }));
if ('error' in result) status.textContent = String(result.error);
// For a test that opens this page: it is told what came of it.
const report = parameters.get('report');
if (report !== null) await fetch(report, { method: 'POST', body: JSON.stringify(result) });
