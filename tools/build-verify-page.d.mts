/** Builds verify.html into that file: script and style inside, the same bytes for the same sources. */
export declare const buildVerifyPage: (file: string) => Promise<void>;
