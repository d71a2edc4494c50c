import { main } from './main.node.js';

// What bin/tasklearn.js imports: the one module of this package that does something on import.
await main(process.argv.slice(2));
process.exit(); // Engines and backends may keep handles open.
