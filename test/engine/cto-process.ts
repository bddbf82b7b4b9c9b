import { main } from "../../src/cli/main.ts";

// `cto` from the sources, as the tests are: an approval is bound to the build that it was given in.
await main();
