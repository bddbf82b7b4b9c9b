import type { ToolDesk } from "../../seams/backend.ts";
import type { RawLogs } from "../../seams/host.ts";
import type { OpenRelay } from "../../seams/relay.ts";
import type { StageOrder } from "../../seams/sandbox.ts";
import { countedLine, egressLine } from "../../workflow/evidence/egress-line.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import { timeText } from "../../workflow/instant.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { attemptOf, isGrantedHost, type SeenAttempt } from "../../workflow/policy/attempts.ts";
import { countAttempts } from "../../workflow/policy/count-attempts.ts";
import type { Exchange } from "../../workflow/policy/exchange.ts";
import type { DeniedAttempt } from "../../workflow/policy/judge-changes.ts";
import { intentJudge } from "../../workflow/policy/judge-intent.ts";
import { lineOfWords, shimFiles } from "../../workflow/policy/shims.ts";
import { NO_RELAY_POLICY } from "../../workflow/relay-policy.ts";
import type { Recorder } from "../run/recorder.ts";
import type { World } from "../world.ts";
import { openForeignTools } from "./foreign-tools.ts";
import { answered, type ModelData } from "./model-answered.ts";
import type { Redactor } from "./redactor.ts";
import { shownExchange, shownText } from "./shown-exchange.ts";

/** The relay of one performance, and the only place where attempts become facts. */
export interface RelayDesk {
  readonly socket: string;
  /** Where hosts are granted, the socket for CONNECT. */
  readonly tunnel: string | undefined;
  /** The shims, for the agent's stage. */
  readonly files: StageOrder["files"];
  /** From here on what comes is the agent's doing. Before and after it is a canary's, or an agent's last words. */
  agentRuns(isRunning: boolean): void;
  attempted(attempt: SeenAttempt): void;
  /** Opens the door for the Harness's own tools, or closes it. */
  offerTools(tools: ToolDesk | undefined): void;
  readonly denied: readonly DeniedAttempt[];
  /** Tools of others that the model was offered in a run with ours, as they may be shown. */
  readonly foreignTools: readonly string[];
  /** Whether a canary's path was refused and recorded while no agent ran. Whoever asks vouches that it is a canary's. */
  readonly holds: (path: string) => boolean;
  limit(): string | undefined;
  overspent(): string | undefined;
  /** Nothing comes any more; what came last, was folded or only counted is told. A second time it does nothing. */
  close(): Promise<void>;
}

/** Where a desk writes. What comes from inside is redacted before it does. */
export interface DeskSinks {
  readonly recorder: Pick<Recorder, "record">;
  readonly redactor: Pick<Redactor, "jsonLine" | "text" | "openText">;
  readonly logs: RawLogs;
}

export const openRelayDesk = async (
  world: Pick<World, "relay" | "clock">,
  { contract, authority }: Pick<Permit, "contract" | "authority">,
  { recorder, redactor, logs }: DeskSinks,
  model: "model" | "no-model" = "model",
): Promise<RelayDesk> => {
  const policy = authority.relay ?? NO_RELAY_POLICY;
  const name = authority.backends[contract.executionGate.backend]?.upstream;
  const upstream = name === undefined ? undefined : policy.upstreams[name];
  const lines = openLines(world, { redactor, logs });
  const foreigners = openForeignTools(redactor);
  const tries = openTries(world, { recorder, redactor });
  let isRunning = false;
  let unread = 0;
  let tools: ToolDesk | undefined;
  // What came while no agent ran: a canary's own doing, or what an agent had said when it ended. Nobody inside knows the
  // paths of the canaries before they are tried, so whatever else it is, is an agent's.
  const apart: { readonly path: string; readonly attempt: SeenAttempt }[] = [];
  const canaryPaths = new Set<string>();
  const record = (type: "model.requested" | "model.answered", n: number, data: ModelData): void =>
    recorder.record({ type, subject: `model/${n}`, trust: "harness-observed", data: { n, ...data } });

  const askedHost = ({ host, verdict, rule, status, ms, request, response }: Exchange): void =>
    recorder.record({
      type: "host.asked",
      subject: `host/${host}`,
      trust: "harness-observed",
      data: { host, verdict, rule, status, ms, sentBytes: request.bytes, gotBytes: response.bytes },
    });

  const judge = intentJudge(contract, authority);
  const relay: OpenRelay = await world.relay.open({
    upstream: (model === "no-model" ? undefined : upstream) ?? "none",
    hosts: model === "no-model" ? [] : (contract.allowedHosts ?? []),
    budget: policy,
    tools: () => tools,
    judge: (words) => judge({ kind: "run", line: lineOfWords(words) }),
    asked: ({ n, host, bytes, foreignTools }) => {
      const foreign = foreigners.met(foreignTools);
      record("model.requested", n, { host, bytes, ...(foreign.length === 0 ? {} : { foreignTools: foreign }) });
    },
    told: (exchange) => {
      const place = lines.add(exchange, isRunning);
      if (place === "listed" && isGrantedHost(exchange)) askedHost(exchange);
      if (exchange.n !== null)
        record("model.answered", exchange.n, answered(exchange, upstream?.pricesPerMillionTokens));
      const attempt = attemptOf(exchange);
      if (attempt === undefined) return;
      if (isRunning) tries.add(attempt);
      else apart.push({ path: exchange.path, attempt });
    },
    dropped: () => {
      unread += 1;
    },
    recorded: (recording) => {
      if (policy.cassette)
        logs.keep("cassette.jsonl", bytesOf(`${redactor.jsonLine(JSON.stringify(recording), CASSETTE)}\n`));
    },
  });
  const end = async (): Promise<void> => {
    try {
      await relay.close();
    } finally {
      for (const { path, attempt } of apart) if (!canaryPaths.has(path)) tries.add(attempt);
      lines.end(unread);
      tries.end();
    }
  };
  let closing: Promise<void> | undefined;
  return {
    socket: relay.socket,
    tunnel: relay.connectSocket,
    files: shimFiles(),
    agentRuns: (now) => {
      isRunning = now;
    },
    attempted: (attempt) => tries.add(attempt),
    offerTools: (desk) => {
      tools = desk;
    },
    denied: tries.denied,
    foreignTools: foreigners.all,
    holds: (path) => {
      canaryPaths.add(path);
      return apart.some((one) => one.path === path);
    },
    limit: relay.limit,
    overspent: relay.overspent,
    close: () => (closing ??= end()),
  };
};

interface Lines {
  add(exchange: Exchange, isBounded: boolean): "listed" | "counted";
  end(unread: number): void;
}

/** `backend/egress.jsonl`. What the agent can have written for nothing is bounded; what is beyond is counted. */
const openLines = (world: Pick<World, "clock">, { redactor, logs }: Omit<DeskSinks, "recorder">): Lines => {
  let seq = 0;
  let free = 0;
  let unlisted = 0;
  const now = (): string => timeText(world.clock.now().epochMs);
  const write = (line: string): void => {
    seq += 1;
    logs.keep("egress.jsonl", bytesOf(line));
  };
  logs.keep("egress.jsonl", new Uint8Array());
  return {
    add: (exchange, isBounded) => {
      if (isBounded && exchange.n === null) free += 1;
      if (free > LIMITS.attemptsMax && isBounded && exchange.n === null) {
        unlisted += 1;
        return "counted";
      }
      write(egressLine(seq, now(), shownExchange(redactor, exchange, EGRESS)));
      return "listed";
    },
    end: (unread) => {
      if (unread + unlisted > 0) write(countedLine(seq, now(), unread, unlisted));
    },
  };
};

interface Tries {
  add(attempt: SeenAttempt): void;
  readonly denied: readonly DeniedAttempt[];
  end(): void;
}

/** Attempts as events: the first of its kind at once, how often it came again at the end. */
const openTries = (world: Pick<World, "clock">, { recorder, redactor }: Omit<DeskSinks, "logs">): Tries => {
  const counted = countAttempts({ runMax: LIMITS.attemptsMax, secondMax: LIMITS.attemptsPerSecondMax });
  const denied: DeniedAttempt[] = [];
  let told = 0;
  let isFull = false;
  const tell = (attempt: SeenAttempt, more: { readonly again?: number; readonly unlisted?: number } = {}): void => {
    told += 1;
    recorder.record({
      type: "sandbox.attempt",
      subject: `attempt/${told}`,
      trust: "harness-observed",
      data: { ...attempt, ...more },
    });
  };
  return {
    denied,
    add: (seen) => {
      const detail = shownText(redactor, seen.detail, EVENTS, LIMITS.attemptTextCharactersMax);
      const attempt = { ...seen, detail };
      const place = counted.take(attempt, world.clock.now().epochMs);
      if (place === "new") {
        denied.push({ action: attempt.action ?? attempt.kind, rule: attempt.rule });
        tell(attempt);
      }
      if (place === "over" && !isFull) {
        isFull = true;
        tell(FULL);
      }
    },
    end: () => {
      const { again, over } = counted.rest();
      for (const [attempt, more] of again) tell(attempt, { again: more });
      if (over > 0) tell(FULL, { unlisted: over });
    },
  };
};

const FULL: SeenAttempt = {
  class: "prevented",
  kind: "workspace/too-many-attempts",
  action: undefined,
  rule: "policy/attempts-cap",
  detail: "more was tried than is listed; the first try at each action always is",
};

const CASSETTE = "backend/cassette.jsonl";
const EGRESS = "backend/egress.jsonl";
const EVENTS = "events.normalized.jsonl";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
