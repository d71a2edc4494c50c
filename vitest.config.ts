import { defineConfig } from 'vitest/config';
import { CountReporter } from './tests/reporting/count-reporter.js';

export default defineConfig({
  resolve: { conditions: ['@tasklearn/source'] },
  ssr: { resolve: { conditions: ['@tasklearn/source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'plugins/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'tests/benchmarks/**'],
    globalSetup: ['./tests/reporting/temporary-folder.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', new CountReporter()],
  },
});
