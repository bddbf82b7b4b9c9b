import { expect, test } from "vitest";

import { EMBEDDED, isElsewhere, problemOfDatabaseUrl, readServices, writeServices } from "./home-services.ts";

const read = (value: unknown): ReturnType<typeof readServices> =>
  readServices(new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)));

const store = { kind: "postgresql", url: "postgresql://cto@/cto?host=/run/postgresql" };
const archive = { kind: "s3", endpoint: "http://127.0.0.1:9000", bucket: "bundles" };

test("a home that names no service has its ledger and its bundles in itself", () => {
  expect(read({ schemaVersion: 1 })).toEqual({ ok: true, value: EMBEDDED });
});

test("what is left out of an archive has its value", () => {
  expect(read({ schemaVersion: 1, store, archive })).toEqual({
    ok: true,
    value: { store, archive: { ...archive, prefix: "", region: "us-east-1", forcePathStyle: false } },
  });
});

test("what is written is read back as the same", () => {
  const services = read({ schemaVersion: 1, store, archive: { ...archive, prefix: "a/b", region: "eu-1" } });
  if (!services.ok) throw new Error(services.refusals[0]);
  expect(read(writeServices(services.value))).toEqual(services);
  expect(read(writeServices(EMBEDDED))).toEqual({ ok: true, value: EMBEDDED });
});

test.each<readonly [string, unknown, RegExp]>([
  ["no JSON", "{", /not JSON/],
  ["a key twice", '{"schemaVersion":1,"schemaVersion":1}', /twice/],
  ["another version", { schemaVersion: 2 }, /schemaVersion/],
  ["an unknown service", { schemaVersion: 1, cache: {} }, /cache/],
  ["an unknown kind of store", { schemaVersion: 1, store: { kind: "mysql", url: store.url } }, /store\.kind/],
  ["a store without an address", { schemaVersion: 1, store: { kind: "postgresql" } }, /store\.url/],
  ["a key of a bucket", { schemaVersion: 1, archive: { ...archive, secretAccessKey: "x" } }, /secretAccessKey/],
  [
    "an endpoint in the clear elsewhere",
    { schemaVersion: 1, archive: { ...archive, endpoint: "http://s3.example" } },
    /https/,
  ],
  [
    "an endpoint with a path",
    { schemaVersion: 1, archive: { ...archive, endpoint: "https://s3.example/b" } },
    /more than a host/,
  ],
  ["a prefix that climbs", { schemaVersion: 1, archive: { ...archive, prefix: "a/../b" } }, /archive\.prefix/],
  ["a prefix with a slash at its end", { schemaVersion: 1, archive: { ...archive, prefix: "a/" } }, /archive\.prefix/],
  ["a bucket with a slash", { schemaVersion: 1, archive: { ...archive, bucket: "a/b" } }, /archive\.bucket/],
])("services.json with %s is refused", (_, value, problem) => {
  expect(read(value)).toMatchObject({ ok: false, refusals: [expect.stringMatching(problem)] });
});

test.each([
  "postgresql://cto@/cto?host=/run/postgresql",
  "postgres://localhost:5432/cto",
  "postgresql://cto@127.0.0.1/cto",
  "postgresql://cto@[::1]:5433/cto",
  "postgresql://cto@db.example/cto?sslmode=verify-full&sslrootcert=/etc/ca.pem",
  "postgresql://cto@db.example/cto?sslmode=disable",
])("%s is the address of a database", (url) => {
  expect(problemOfDatabaseUrl(url)).toBeUndefined();
});

test.each<readonly [string, RegExp]>([
  ["postgresql://cto:secret@localhost/cto", /password/],
  ["postgresql://cto@localhost/cto?password=secret", /password/],
  ["postgresql://cto:@localhost/cto", /password/],
  ["postgresql://cto@localhost/cto?host=/a&host=db.example", /twice/],
  ["postgresql://cto@localhost/cto?options=-c%20fsync=off", /option options/],
  ["postgresql://cto@db.example/cto", /sslmode/],
  ["postgresql://cto@localhost/cto?host=db.example", /sslmode/],
  ["postgresql://cto@db.example/cto?sslmode=prefer", /sslmode/],
  ["postgresql://cto@/cto", /names no host/],
  ["postgresql://localhost", /is not postgresql/],
  ["mysql://localhost/cto", /is not postgresql/],
  ["postgresql://localhost/cto#x", /is not postgresql/],
  ["postgresql://localhost/a b", /plain characters/],
])("%s is refused", (url, problem) => {
  expect(problemOfDatabaseUrl(url)).toMatch(problem);
});

test.each([
  ["postgresql://cto@/cto?host=/run/postgresql", false],
  ["postgresql://cto@localhost/cto", false],
  ["postgresql://cto@[::1]:5432/cto", false],
  ["postgresql://cto@db.example/cto?sslmode=disable", true],
  ["postgresql://cto@localhost/cto?host=db.example&sslmode=disable", true],
  ["postgresql://cto@0.0.0.0/cto?sslmode=disable", true],
])("the ledger at %s lies elsewhere: %s", (url, expected) => {
  expect(isElsewhere({ kind: "postgresql", url })).toBe(expected);
});
