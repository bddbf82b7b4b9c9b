import { availableParallelism } from "node:os";

import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/agents/**/*.agents.ts"],
    globalSetup: ["test/global-setup.ts"],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: availableParallelism() + 1,
  },
});

export default config;
