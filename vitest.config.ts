import { availableParallelism } from "node:os";

import { defineConfig, type ViteUserConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that run whole workflows come first, so that no long one is left alone at the end. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      /\/test\/(?:journeys|hostile|browser)\//.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: ["test/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes, be the machine as busy as it likes.
    expect: { poll: { timeout: 20_000, interval: 50 } },
    // One worker takes file after file: a module is loaded and the sandbox probed once in it, so a file puts back what it changes of its process.
    isolate: false,
    // Whole workflows wait for their processes a good part of their time: one more than the cores keeps both busy.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongFirst },
  },
});

export default config;
