// Imports go downwards only: core <- runtime <- nn <- algorithms; evaluation and conformance import no algorithm.
const algorithms =
  'maml|protonets|multitask|blackbox-meta|bayesian-meta|goal-rl|meta-rl|model-based-rl|lifelong';

/** A package may import only what the layers below it offer. */
const layer = (name, allowed) => ({
  name: `${name}-imports-downwards`,
  severity: 'error',
  from: { path: `^packages/${name}/src`, pathNot: '\\.test\\.ts$|\\.test-d\\.ts$|/__fixtures__/' },
  to: { path: '^packages/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
});

module.exports = {
  forbidden: [
    layer('core', []),
    layer('runtime', ['core']),
    layer('nn', ['core', 'runtime']),
    layer('tasks', ['core', 'nn']),
    layer('environments', ['core', 'nn']),
    layer('rl', ['core', 'runtime', 'nn']),
    layer('conformance', ['core', 'runtime', 'nn']),
    layer('evaluation', ['core', 'runtime', 'nn']),
    ...algorithms.split('|').map((name) => layer(name, ['core', 'runtime', 'nn', 'rl'])),
    {
      name: 'plugins-use-the-public-api',
      severity: 'error',
      from: { path: '^plugins/' },
      to: { path: '^packages/[^/]+/src/(?!index(\\.node)?\\.ts$)' },
    },
    {
      name: 'no-deep-imports-between-packages',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/(?!$1/)[^/]+/src/(?!index(\\.node)?\\.ts$)', pathNot: '^packages/$1/' },
    },
    {
      name: 'browser-safe',
      comment: 'Only files named *.node.ts, and the evaluation package, may import Node.',
      severity: 'error',
      from: {
        path: '^(packages|plugins)/',
        pathNot: '\\.node\\.ts$|\\.test\\.ts$|/__fixtures__/|^packages/evaluation/|/scripts/',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'browser-files-import-no-node-files',
      severity: 'error',
      from: {
        path: '^(packages|plugins)/[^/]+/src',
        pathNot: '\\.node\\.ts$|\\.test\\.ts$|/__fixtures__/|^packages/evaluation/',
      },
      to: { path: '\\.node\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-undeclared-dependency',
      severity: 'error',
      from: { path: '^(packages|plugins|examples)/', pathNot: '\\.test\\.ts$|/__fixtures__/|/scripts/' },
      // A package whose entry is a types file counts as undeclared even where it is declared.
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'],
        dependencyTypesNot: ['npm', 'npm-peer'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@tasklearn/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
};
