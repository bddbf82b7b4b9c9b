import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { startFauxqs } from "fauxqs";

import { s3ObjectStore, type ObjectStore, type Patience } from "../../src/adapters/archive/object-store.ts";
import type { S3Service } from "../../src/workflow/home-services.ts";

/** What becomes of one request on its way: it passes, or is answered by us, or is left waiting. */
export type Fate =
  | "passes"
  | "waits"
  /** The answer comes one byte each while. */
  | "trickles"
  /** The connection ends in the middle of the answer. */
  | "breaks"
  | { readonly status: number; readonly code: string }
  /** The answer comes with these headers in the place of its own. */
  | { readonly headers: Readonly<Record<string, string>> }
  /** The server does it, and its answer comes no further than here. */
  | { readonly done: () => void };

export interface TestBucket {
  readonly service: S3Service;
  readonly environment: Readonly<Record<string, string>>;
  /** Asked about each request before it reaches the server. */
  fate: (asked: { readonly method: string; readonly key: string }) => Fate;
  /** Method and key of every request, in order. */
  readonly asked: string[];
  store(patience?: Patience): ObjectStore;
  /** As somebody else with the right to write there. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  take(key: string): Promise<Uint8Array>;
  remove(key: string): Promise<void>;
  keys(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const BUCKET = "evidence";
const PREFIX = "homes/one";

/** A real server of S3 on loopback, with a door before it in which requests can be held up. */
export const openBucket = async (): Promise<TestBucket> => {
  const server = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  server.createBucket(BUCKET);
  const asked: string[] = [];
  const state: { fate: TestBucket["fate"] } = { fate: () => "passes" };
  const door = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", "http://door");
    const isVirtual = incoming.headers.host?.startsWith(`${BUCKET}.`) === true;
    const [, ...parts] = decodeURIComponent(url.pathname).split("/");
    const key = (isVirtual ? parts : parts.slice(1)).join("/");
    const method = incoming.method ?? "";
    asked.push(`${method} ${key}`);
    meet(state.fate({ method, key }), incoming, outgoing, server.port);
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a listening server of TCP
  const { port } = door.address() as AddressInfo;
  const service: S3Service = {
    kind: "s3",
    endpoint: `http://127.0.0.1:${port}`,
    bucket: BUCKET,
    prefix: PREFIX,
    region: "us-east-1",
    forcePathStyle: true,
  };
  const direct = (key: string): string => `http://127.0.0.1:${server.port}/${BUCKET}/${PREFIX}/${key}`;
  const environment = { AWS_ACCESS_KEY_ID: "tester", AWS_SECRET_ACCESS_KEY: "not-a-secret-of-anybody" };
  return {
    service,
    environment,
    asked,
    get fate() {
      return state.fate;
    },
    set fate(fate) {
      state.fate = fate;
    },
    store: (patience) => s3ObjectStore(service, environment, patience),
    put: async (key, bytes) =>
      void (await mustBeOk(fetch(direct(key), { method: "PUT", body: new Uint8Array(bytes) }))),
    take: async (key) => new Uint8Array(await (await mustBeOk(fetch(direct(key)))).arrayBuffer()),
    remove: async (key) => void (await mustBeOk(fetch(direct(key), { method: "DELETE" }))),
    keys: async () => {
      const url = `http://127.0.0.1:${server.port}/${BUCKET}?list-type=2`;
      const xml = await (await mustBeOk(fetch(url))).text();
      return [...xml.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = ""]) => key.slice(PREFIX.length + 1)).toSorted();
    },
    close: async () => {
      door.closeAllConnections();
      await new Promise((resolve) => door.close(resolve));
      await server.stop();
    },
  };
};

const mustBeOk = async (answer: Promise<Response>): Promise<Response> => {
  const got = await answer;
  if (!got.ok) throw new Error(`the server answers ${got.status}: ${await got.text()}`);
  return got;
};

const meet = (fate: Fate, incoming: IncomingMessage, outgoing: ServerResponse, port: number): void => {
  if (fate === "waits") return;
  if (typeof fate === "object" && "status" in fate) {
    const { status, code } = fate;
    incoming.resume();
    incoming.on("end", () => {
      outgoing.writeHead(status, { "content-type": "application/xml" });
      outgoing.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>AKIA-told-too-much</Message></Error>`);
    });
    return;
  }
  const { method, url, headers } = incoming;
  const passed = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
    if (typeof fate === "object" && "done" in fate) {
      answer.resume().once("end", fate.done);
      return;
    }
    const other = typeof fate === "object" && "headers" in fate ? fate.headers : {};
    outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...other });
    if (fate === "passes" || typeof fate === "object") return void answer.pipe(outgoing);
    answer.once("end", () => outgoing.destroy());
    answer.once("data", (piece: Buffer) => {
      answer.pause();
      outgoing.write(piece.subarray(0, 1));
      if (fate === "breaks") return void setImmediate(() => outgoing.destroy());
      let at = 1;
      const slowly = setInterval(() => {
        outgoing.write(piece.subarray(at, at + 1));
        at += 1;
        if (at >= piece.length) clearInterval(slowly);
      }, 50);
      outgoing.on("close", () => clearInterval(slowly));
    });
  });
  passed.on("error", () => outgoing.destroy());
  outgoing.on("close", () => passed.destroy());
  incoming.pipe(passed);
};
