/** How long all nodes of one operator take in one run. */
export interface OperatorTime {
  /** Operator as the engine runs it: its own fusions have names of their own. */
  readonly operator: string;
  /** Nodes of it. */
  readonly count: number;
  /** Time of all of them in one run: the median over runs. */
  readonly microseconds: number;
  /** Part of the time of all operators, in 0..1. */
  readonly share: number;
}

/** How long one node takes. */
export interface NodeTime {
  /** Name of the node in the model: its first output. */
  readonly name: string;
  readonly operator: string;
  /** Median over runs. */
  readonly microseconds: number;
  /** Shapes of its operands and results, as the engine writes them. */
  readonly shapes: string;
}

/** Where the time of a graph goes, or why that is not known. */
export type Profile =
  | {
      readonly status: 'measured';
      /** Engine and threads, e.g. `onnxruntime-node, 1 thread`. */
      readonly engine: string;
      readonly runs: number;
      /** Time in operators in one run: the sum of the medians. */
      readonly microseconds: number;
      /** Slowest first. */
      readonly operators: readonly OperatorTime[];
      /** Slowest first. */
      readonly nodes: readonly NodeTime[];
    }
  | { readonly status: 'unavailable'; readonly reason: string };
