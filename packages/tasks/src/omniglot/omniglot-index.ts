/** What `omniglot.json` says of the images beside it. */
export interface OmniglotIndex {
  readonly alphabets: readonly {
    readonly name: string;
    readonly set: 'background' | 'evaluation';
    /** Classes first .. first + count - 1. */
    readonly first: number;
    readonly count: number;
  }[];
  readonly splits: {
    /** Class indices, as in Vinyals et al. (2016) and the ProtoNet release. */
    readonly vinyals: {
      readonly train: readonly number[];
      readonly val: readonly number[];
      readonly test: readonly number[];
    };
  };
}
