import { addAbortSignal, Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";

import type * as S3 from "@aws-sdk/client-s3";

import { Failure } from "../../workflow/failure.ts";
import type { S3Service } from "../../workflow/home-services.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** One bucket, below one prefix. It can add and read; it has no verb that deletes. Keys are without the prefix. */
export interface ObjectStore {
  /** For people: where the keys below are. */
  readonly place: string;
  head(key: string): Promise<ObjectHead | "absent">;
  /** The bytes of an object, piece by piece; not yet compared with anything. */
  get(key: string): Promise<AsyncIterable<Uint8Array> | "absent">;
  /** `bytes` is asked again where the first sending broke off. The bucket is told the digest and refuses other bytes. */
  put(key: string, object: NewObject): Promise<void>;
  /** Every key that begins so. */
  list(beginning: string): Promise<readonly string[]>;
}

export interface ObjectHead {
  readonly size: number;
  /** Another one after every write, as far as the bucket's word goes. */
  readonly mark: string;
}

export interface NewObject {
  readonly size: number;
  /** Hexadecimal SHA-256. */
  readonly sha256: string;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

export interface Patience {
  /** Until an answer begins, and between two pieces of one. */
  readonly answerMs: number;
  /** For one object, all in all. */
  readonly objectMs: number;
}

const PATIENCE: Patience = { answerMs: LIMITS.archiveAnswerMs, objectMs: LIMITS.archiveObjectMs };

/** Nothing is loaded, and nobody is asked, before the first verb is called. Keys come from the environment and go nowhere else. */
export const s3ObjectStore = (
  service: S3Service,
  environment: Readonly<Record<string, string | undefined>>,
  patience: Patience = PATIENCE,
): ObjectStore => {
  const { bucket, prefix, endpoint } = service;
  const place = `${endpoint.replace(/\/$/, "")}/${bucket}${prefix === "" ? "" : `/${prefix}`}`;
  const keyOf = (key: string): string => (prefix === "" ? key : `${prefix}/${key}`);
  let loaded: Promise<Loaded> | undefined;
  const ask = async <T>(what: string, act: (loaded: Loaded, signal: AbortSignal) => Promise<T>): Promise<T> => {
    const client = await (loaded ??= load(service, environment, patience));
    try {
      return await act(client, AbortSignal.timeout(patience.objectMs));
    } catch (error) {
      throw asFailure(`${place}: ${what}`, error);
    }
  };
  return {
    place,
    head: (key) =>
      ask(`looking at ${key}`, async ({ client, s3 }, abortSignal) => {
        const command = new s3.HeadObjectCommand({ Bucket: bucket, Key: keyOf(key) });
        const found = await orAbsent(client.send(command, { abortSignal }));
        if (found === "absent") return found;
        const mark = `${found.ETag ?? ""} ${found.LastModified?.toISOString() ?? ""} ${found.VersionId ?? ""}`;
        return { size: found.ContentLength ?? 0, mark };
      }),
    get: (key) =>
      ask(`reading ${key}`, async ({ client, s3 }, abortSignal) => {
        const command = new s3.GetObjectCommand({ Bucket: bucket, Key: keyOf(key) });
        const found = await orAbsent(client.send(command, { abortSignal }));
        if (found === "absent") return found;
        if (!(found.Body instanceof Readable)) throw new TypeError("the client gave no stream");
        return piecesOf(found.Body, `${place}: reading ${key}`, abortSignal);
      }),
    put: async (key, { size, sha256, bytes }) => {
      for (let attempt = 1; ; attempt += 1) {
        const body = Readable.from(bytes(), { objectMode: false });
        const sent = ask(`writing ${key}`, ({ client, s3 }, abortSignal) => {
          const input = { Bucket: bucket, Key: keyOf(key), Body: body, ContentLength: size };
          const command = new s3.PutObjectCommand(input);
          // Signed with the request: the bucket refuses what arrives as other bytes.
          command.middlewareStack.add(
            (next) => (args) => {
              const { request } = args;
              if (request instanceof Object && "headers" in request)
                Object.assign(Object(request.headers), { "x-amz-content-sha256": sha256 });
              return next(args);
            },
            { step: "build", name: "signedDigest" },
          );
          return client.send(command, { abortSignal });
        });
        try {
          return void (await sent);
        } catch (error) {
          if (attempt === TRIES || !(error instanceof Error && "retry" in error && error.retry === true)) throw error;
          await wait(attempt * PAUSE_MS);
        } finally {
          body.destroy();
        }
      }
    },
    list: (beginning) =>
      ask(`listing ${beginning}`, async ({ client, s3 }, abortSignal) => {
        const keys: string[] = [];
        let from: string | undefined;
        do {
          const command = new s3.ListObjectsV2Command({
            Bucket: bucket,
            Prefix: keyOf(beginning),
            ...(from === undefined ? {} : { ContinuationToken: from }),
          });
          const page = await client.send(command, { abortSignal });
          for (const { Key } of page.Contents ?? []) if (Key?.startsWith(keyOf(""))) keys.push(Key);
          if (keys.length > LIMITS.archiveListMax) throw new RangeError(`it names more than ${LIMITS.archiveListMax}`);
          from = page.IsTruncated === true ? page.NextContinuationToken : undefined;
        } while (from !== undefined);
        return keys.map((key) => key.slice(keyOf("").length));
      }),
  };
};

// What went wrong is told by our Failures; the client would write to the terminal.
const silent = (): void => undefined;
const SILENT = { debug: silent, info: silent, warn: silent, error: silent };

const TRIES = 3;
const PAUSE_MS = 250;

interface Loaded {
  readonly client: S3.S3Client;
  readonly s3: typeof S3;
}

const load = async (
  { endpoint, region, forcePathStyle }: S3Service,
  environment: Readonly<Record<string, string | undefined>>,
  { answerMs }: Patience,
): Promise<Loaded> => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey)
    throw new Failure("archive/key-absent", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set.");
  const sessionToken = environment["AWS_SESSION_TOKEN"];
  const s3 = await import("@aws-sdk/client-s3");
  const client = new s3.S3Client({
    endpoint,
    region,
    forcePathStyle,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
    maxAttempts: TRIES,
    retryMode: "standard",
    // Not every store that speaks S3 knows the newer checksums; ours are compared by ourselves.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: answerMs,
      requestTimeout: answerMs,
      throwOnRequestTimeout: true,
      socketTimeout: answerMs,
    },
    // Said here, so that no file of the user's and no address of a cloud is asked for it.
    defaultsMode: "standard",
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
    userAgentAppId: "cto-harness",
    logger: SILENT,
  });
  return { client, s3 };
};

/** "absent" for what is not there; a bucket that is not there is another matter. */
const orAbsent = async <T>(asked: Promise<T>): Promise<T | "absent"> => {
  try {
    return await asked;
  } catch (error) {
    const { name, status } = answered(error);
    if (status === 404 && name !== "NoSuchBucket") return "absent";
    throw error;
  }
};

/** Ends with a Failure where the bytes stop coming. */
async function* piecesOf(
  body: Readable,
  what: string,
  abortSignal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of addAbortSignal(abortSignal, body)) {
      if (!(piece instanceof Uint8Array)) throw new TypeError("the client gave no bytes");
      yield piece;
    }
  } catch (error) {
    throw asFailure(what, error);
  } finally {
    body.destroy();
  }
}

const asFailure = (what: string, error: unknown): unknown => {
  if (error instanceof Failure) throw error;
  // The client says so as well of an answer that it cannot read.
  if (error instanceof TypeError && !("$response" in error)) return error;
  const { name, status } = answered(error);
  // Texts of a bucket can name keys: only the name of its error is told.
  const says = `${what}: ${name}${status === undefined ? "" : ` (${status})`}.`;
  if (status !== undefined && status < 500 && status !== 429)
    return new Failure("archive/refused", says, { cause: error });
  return new Failure("archive/unreachable", says, { cause: error, retry: true });
};

const answered = (error: unknown): { readonly name: string; readonly status: number | undefined } => {
  if (!(error instanceof Error)) return { name: "an error", status: undefined };
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const metadata = "$metadata" in error ? Object(error.$metadata) : {};
  const status: unknown = metadata.httpStatusCode;
  return {
    name: /^[A-Za-z0-9_]{1,64}$/.test(code) ? code : "an error",
    status: typeof status === "number" && status >= 300 ? status : undefined,
  };
};
