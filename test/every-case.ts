/**
 * Whether tests that have many cases of one kind try all of them: in CI, and where a slow tier asks for it. `script/test`
 * alone tries some, and says so.
 */
export const EVERY_CASE: boolean = process.env["CTO_EVERY_CASE"] === "1";
