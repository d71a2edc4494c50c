import type { Graph } from '../record/graph.js';
import type { PassReport } from '../simplify/simplify.js';
import type { OperatorTime, Profile } from './profile.js';

/** What `compile` made of one function for inputs of one shape. */
export interface ExplainedGraph {
  /** The graph as recorded, before any pass. */
  readonly recorded: Graph;
  /** The graph that runs. */
  readonly graph: Graph;
  /** What each pass did. */
  readonly report: readonly PassReport[];
}

/** What one pass did, over all rounds. */
export interface PassSummary {
  readonly pass: string;
  /** In how many rounds it changed the graph. */
  readonly rounds: number;
  /** Nodes before its first and after its last change. */
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  /** Nodes that it removed in all; negative where it added some for a later pass to remove. */
  readonly removed: number;
}

/** How often an operator stands in a graph, and how long it takes. */
export interface OperatorCount {
  /** ONNX operator, with its domain where that is not the standard one. */
  readonly operator: string;
  readonly recorded: number;
  readonly simplified: number;
}

/** An account of a compiled function, as data and as text. */
export interface Explanation {
  readonly nodesRecorded: number;
  readonly nodesSimplified: number;
  readonly passes: readonly PassSummary[];
  /** Most frequent first. */
  readonly operators: readonly OperatorCount[];
  /** Bytes of constants in the graph that runs. */
  readonly constantBytes: number;
  /** Measured times, where a profile was handed in. */
  readonly profile: Profile | undefined;
  /** All of the above as a table for a terminal. */
  readonly text: string;
}

function passSummaries(report: readonly PassReport[]): PassSummary[] {
  const summaries = new Map<string, PassSummary>();
  for (const { pass, nodesBefore, nodesAfter } of report) {
    const known = summaries.get(pass) ?? { pass, rounds: 0, nodesBefore, nodesAfter, removed: 0 };
    const removed = known.removed + nodesBefore - nodesAfter;
    summaries.set(pass, { ...known, rounds: known.rounds + 1, nodesAfter, removed });
  }
  return [...summaries.values()];
}

function histogram(graph: Graph): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { op, domain } of graph.nodes) {
    const operator = domain === '' ? op : `${domain}.${op}`;
    counts.set(operator, (counts.get(operator) ?? 0) + 1);
  }
  return counts;
}

function operatorCounts(recorded: Graph, simplified: Graph): OperatorCount[] {
  const [before, after] = [histogram(recorded), histogram(simplified)];
  const operators = new Set([...after.keys(), ...before.keys()]);
  return Array.from(operators, (operator) => ({
    operator,
    recorded: before.get(operator) ?? 0,
    simplified: after.get(operator) ?? 0,
  })).sort((left, right) => right.simplified - left.simplified || right.recorded - left.recorded);
}

/** Rows as columns: the first to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
      )
      .join('  '),
  );
}

function timeLines(profile: Profile | undefined): string[] {
  if (profile === undefined) return ['Time per operator: not measured. In Node, `profileGraph` measures it.'];
  if (profile.status === 'unavailable') return [`Time per operator: not measured: ${profile.reason}`];
  const rows = profile.operators.map(({ operator, count, microseconds, share }: OperatorTime) => [
    operator,
    String(count),
    microseconds.toFixed(1),
    `${(100 * share).toFixed(1)} %`,
  ]);
  const total = `Time per run, ${profile.engine}, ${profile.runs} runs: ${profile.microseconds.toFixed(0)} µs in operators`;
  return [total, ...table([['operator', 'nodes', 'µs', 'share'], ...rows])];
}

function textOf(explanation: Omit<Explanation, 'text'>): string {
  const { nodesRecorded, nodesSimplified, passes, operators, constantBytes, profile } = explanation;
  const passRows = passes.map(({ pass, rounds, nodesBefore, nodesAfter, removed }) =>
    [pass, rounds, nodesBefore, nodesAfter, removed].map(String),
  );
  const operatorRows = operators.map(({ operator, recorded, simplified }) =>
    [operator, recorded, simplified].map(String),
  );
  return [
    `${nodesRecorded} nodes recorded, ${nodesSimplified} after simplifying; constants ${constantBytes} bytes`,
    '',
    ...table([['pass', 'rounds', 'before', 'after', 'removed'], ...passRows]),
    '',
    ...table([['operator', 'recorded', 'simplified'], ...operatorRows]),
    '',
    ...timeLines(profile),
  ].join('\n');
}

/**
 * Says what became of a recorded function: nodes before and after each pass, operators, and, with a profile, where the
 * time goes.
 *
 * @param compiled - what `compiled.graph(input)` returns.
 * @param profile - what `profileGraph` of `@tasklearn/runtime/node` measured; absent, the text says so.
 */
export function explainGraph(compiled: ExplainedGraph, profile?: Profile): Explanation {
  const { recorded, graph, report } = compiled;
  const explanation = {
    nodesRecorded: recorded.nodes.length,
    nodesSimplified: graph.nodes.length,
    passes: passSummaries(report),
    operators: operatorCounts(recorded, graph),
    constantBytes: [...graph.constants.values()].reduce((sum, { data }) => sum + data.byteLength, 0),
    profile,
  };
  return { ...explanation, text: textOf(explanation) };
}
