import { writeFileSync } from 'node:fs';
import { createIndependent, createPooled, createSoftSharing } from '@tasklearn/multitask';
import { linearSuite } from '@tasklearn/tasks';
import { overDraws, squaredError } from './over-draws.js';
import { knownMean, print, printTable, withInterval } from './print-table.js';
import { type SharingCurve, sharingFigure } from './sharing-figure.js';

const strengths = [0, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
const relatednesses = [0, 0.25, 0.5, 0.75, 0.9, 1];

/** Soft sharing from none to one network, on linear tasks from unrelated to equal, beside exact Bayes; `figure=1` draws it. */
export async function sharingSweep({ draws = 5, updates = 800, figure = 0 } = {}): Promise<void> {
  const own = { network: { hidden: [] }, scaleLabels: false, optimizer: { learningRate: 0.02 } };
  const arms = {
    alone: () => createIndependent(own),
    ...Object.fromEntries(
      strengths
        .slice(1)
        .map((strength) => [
          `λ = ${strength}`,
          () => createSoftSharing({ ...own, pullHeads: true, strength }),
        ]),
    ),
    pooled: () => createPooled(own),
  };
  print(`Excess risk (test squared error without noise), d = 10, T = 8, n = 10, σ = 0.5; ${draws} draws.\n`);
  const rows: string[][] = [];
  const curves: SharingCurve[] = [];
  for (const relatedness of relatednesses) {
    const suite = (draw: number) => linearSuite({ seed: draw, relatedness, trainItems: 10 });
    const budget = { updates, batchSize: 10, validateEvery: 50 };
    const scores = await overDraws({ arms, distributionOf: suite, draws, budget, score: squaredError });
    const bayes = (key: 'singleRisk' | 'jointRisk' | 'pooledRisk') =>
      Array.from({ length: draws }, (_, draw) => knownMean(suite(draw).truth?.[key] ?? []));
    const cells = Object.values(scores).map((runs) => withInterval(runs.map(knownMean), 2));
    const exact = (['singleRisk', 'jointRisk', 'pooledRisk'] as const).map((key) =>
      withInterval(bayes(key), 2),
    );
    rows.push([`${relatedness}`, ...cells, ...exact]);
    const risks = Object.values(scores).map((runs) => knownMean(runs.flat()));
    curves.push({ relatedness, risks, bayes: knownMean(bayes('jointRisk')) });
  }
  printTable(['ρ', ...Object.keys(arms), 'Bayes alone', 'Bayes joint', 'Bayes pooled'], rows);
  if (figure === 1) {
    const ways = Object.keys(arms).map((name) => name.replace('λ = ', ''));
    writeFileSync('multi-task-sharing.svg', sharingFigure(ways, curves));
  }
}
