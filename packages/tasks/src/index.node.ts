export { type DownloadOptions, type DownloadProgress, downloadFile } from './data/download-file.node.js';
export { cacheFolder } from './data/find-data.node.js';
export { loadFashionMnist, loadMnist, type MnistData } from './mnist/load-mnist.node.js';
export { type DownloadOmniglotOptions, downloadOmniglot } from './omniglot/download-omniglot.node.js';
export { loadOmniglot, type OmniglotEncoding } from './omniglot/load-omniglot.node.js';
export { tasksPlugin } from './plugin.node.js';
export { loadTable } from './tabular/load-table.node.js';
