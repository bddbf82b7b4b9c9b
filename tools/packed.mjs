// What may be in the package that is published, and what must be.
export const PACKAGE_BOUNDS = { packed: 3_000_000, unpacked: 10_000_000 };

// What a user of the package runs or reads. Everything else has no place in it.
const PLACES = /^(?:bin|dist|integrations|schemas|man)\/|^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;
const NEEDED = [
  "bin/cto.mjs",
  "dist/build.json",
  "dist/index.js",
  "dist/verifier/verify.js",
  "dist/verify.html",
  "dist/web/index.html",
  "LICENSE",
  "package.json",
  "README.md",
];
const FORBIDDEN = [
  [/\.(?:test|property|engine|agents)\.|(?:^|\/)(?:test|tests|fixtures|fakes)\//, "is a test"],
  [/(?<!\.d)\.[cm]?tsx?$/, "is a source"],
  [/\.map$|\.tsbuildinfo$/, "is of the build"],
  [/(?:^|\/)\./, "is hidden"],
  [/(?:^|\/)node_modules\//, "is another package"],
  [/\.(?:pem|key|p12|tgz|log|db|sqlite)$|(?:^|\/)id_[a-z0-9]+$/, "is a key, a log or a store"],
];

export const objectionsToPackage = (files, packedBytes) => {
  const paths = new Set(files.map(({ path }) => path));
  const unpacked = files.reduce((sum, { size }) => sum + size, 0);
  return [
    ...[...paths].flatMap((path) => [
      ...(PLACES.test(path) ? [] : [`${path}: has no place in the package`]),
      ...FORBIDDEN.filter(([form]) => form.test(path)).map(([, why]) => `${path}: ${why}`),
    ]),
    ...NEEDED.filter((path) => !paths.has(path)).map((path) => `${path}: is missing`),
    ...(packedBytes > PACKAGE_BOUNDS.packed ? [`it weighs ${packedBytes} bytes packed`] : []),
    ...(unpacked > PACKAGE_BOUNDS.unpacked ? [`it weighs ${unpacked} bytes unpacked`] : []),
  ];
};
