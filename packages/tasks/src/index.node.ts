export { loadOmniglot } from './omniglot/load-omniglot.node.js';
export { tasksPlugin } from './plugin.node.js';
