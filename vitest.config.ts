import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@tasklearn/source'] },
  ssr: { resolve: { conditions: ['@tasklearn/source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'plugins/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'tests/benchmarks/**'],
    pool: 'forks',
    testTimeout: 120_000,
  },
});
