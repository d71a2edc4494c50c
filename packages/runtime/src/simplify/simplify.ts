import type { Graph, Pass } from '../record/graph.js';

/** What one pass did in one round. */
export interface PassReport {
  readonly pass: string;
  /** 1 for the first time through the list of passes. */
  readonly round: number;
  readonly nodesBefore: number;
  readonly nodesAfter: number;
}

/** A simplified graph, and how it came about. */
export interface Simplified {
  readonly graph: Graph;
  readonly report: readonly PassReport[];
}

/** Rounds after which simplifying stops even where a pass could still go on. */
export const LARGEST_ROUND_COUNT = 24;

/**
 * Runs passes in order, again and again, until none changes the graph or the bound is reached; first without the late
 * ones, then with them.
 *
 * The value of every output stays the same to float tolerance; names, order, shapes and types of inputs and
 * outputs stay the same exactly. A pass that finds nothing to do is not reported.
 *
 * @param graph - a recorded function; not modified.
 * @param passes - in the order in which they should run.
 * @param rounds - most times through the list, at least 1.
 */
export function simplify(graph: Graph, passes: readonly Pass[], rounds = LARGEST_ROUND_COUNT): Simplified {
  const early = passes.filter(({ late }) => late !== true);
  const first = toFixedPoint({ graph, report: [] }, early, rounds);
  return early.length === passes.length ? first : toFixedPoint(first, passes, rounds);
}

function toFixedPoint(begun: Simplified, passes: readonly Pass[], rounds: number): Simplified {
  const report = [...begun.report];
  const before = report.at(-1)?.round ?? 0;
  let current = begun.graph;
  let unchanged = 0; // passes in a row that found nothing to do
  for (let round = before + 1; round <= before + rounds; round++) {
    for (const pass of passes) {
      const next = pass.run(current);
      unchanged = next === current ? unchanged + 1 : 0;
      if (unchanged === passes.length) return { graph: current, report };
      if (next === current) continue;
      report.push({
        pass: pass.name,
        round,
        nodesBefore: current.nodes.length,
        nodesAfter: next.nodes.length,
      });
      current = next;
    }
  }
  return { graph: current, report };
}
