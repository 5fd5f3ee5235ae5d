/** A real server of one service among honest clients, on which attacks are made and measured. */
import assert from "node:assert/strict";
import { formatToken, newToken, type Token } from "../../lib/transport/token.ts";
import { until } from "../e2e/collect_room.ts";
import { JsonProcess } from "../e2e/json_process.ts";
import { fromSource } from "../e2e/root.ts";
import type { Attack, AttackRow, Target } from "./attack.ts";
import type { HonestEvent, Latencies } from "./honest_clients.ts";
import type { Goal } from "./peer.ts";
import { openFiles, peakBytes, processorS, resetPeak } from "./server_figures.ts";

/** Longest that an honest client may wait for anything, in milliseconds: many times what it takes. */
const MOST_MS = 4000;

/** Files that may be open more than before an attack: those of the store come and go. */
const SPARE_FILES = 3;

/** Lines that a server may write to standard error: floods are counted, not listed. */
const MOST_LINES = 400;

/** What writes events as a server does. */
export interface ServerEvent {
  readonly type: string;
  readonly port?: number;
  readonly clientId?: string;
  readonly code?: string;
}

/** What a stage is set up with. */
export interface StageParts {
  readonly goal: Goal;
  /** The process under attack. */
  readonly server: JsonProcess<ServerEvent>;
  /** More honest work of this service: ends it and looks whether it is whole and right. */
  readonly check?: () => Promise<void>;
  /** Most bytes of memory that the server may ever use. */
  readonly mostBytes: number;
  /** How the server ends when it is told to. @default {0} */
  readonly exitCode?: number;
}

/** One service under attack. */
export class Stage implements AsyncDisposable {
  /** What came of the attacks so far. */
  readonly rows: AttackRow[] = [];
  readonly #parts: StageParts;
  readonly #honest: JsonProcess<HonestEvent>;
  readonly #size: number;

  private constructor(parts: StageParts, honest: JsonProcess<HonestEvent>, size: number) {
    this.#parts = parts;
    this.#honest = honest;
    this.#size = size;
  }

  /** Lets the honest clients come. @param size of attacks: 1 in the gate */
  static async set(parts: StageParts, size: number): Promise<Stage> {
    const { service, port, token } = parts.goal;
    const program = fromSource("tests/hostile/honest_process.ts");
    const honest = new JsonProcess<HonestEvent>(
      [service, port, token === undefined ? "" : formatToken(token)],
      {},
      { command: Deno.execPath(), prefix: ["run", "-A", "--no-check", program] },
    );
    await honest.event("ready");
    return new Stage(parts, honest, size);
  }

  /** Measures for a while without any attack: what the rows are compared with. */
  async quiet(): Promise<void> {
    await this.#row(
      "nobody",
      () => new Promise((resolve) => setTimeout(resolve, 500 * this.#size)),
    );
  }

  /** Makes one attack; nobody honest may be worse off for it than a busy machine makes them. */
  async under(title: string, attack: Attack): Promise<AttackRow> {
    const { goal, server, mostBytes } = this.#parts;
    const { pid } = server.child;
    const before = openFiles(pid);
    const reasons = new Map<string, number>();
    const target: Target = {
      goal,
      server,
      size: this.#size,
      tell(code) {
        reasons.set(code, (reasons.get(code) ?? 0) + 1);
      },
    };
    const row = await this.#row(title, () => attack(target), reasons);
    const figures = JSON.stringify(row);
    assert(row.latencies.mostMs < MOST_MS, `somebody honest waited too long: ${figures}`);
    assert(row.peakBytes < mostBytes, `the server used too much memory: ${figures}`);
    await until(`${title}: its sockets are closed`, () => openFiles(pid) <= before + SPARE_FILES);
    return row;
  }

  /** Ends everything in good order, and looks whether the honest clients got all that was theirs. */
  async end(): Promise<void> {
    const { server, check, exitCode = 0 } = this.#parts;
    await this.#honest.endInput();
    const { asked, faults } = await this.#honest.event("told");
    assert(asked > 0);
    assert.deepEqual(faults, []);
    await this.#honest.ended;
    await check?.();
    assert.deepEqual(server.of("trouble"), []);
    server.kill("SIGTERM");
    const { code, stderr } = await server.ended;
    assert.equal(code, exitCode, stderr);
    assert(stderr.split("\n").length < MOST_LINES, `it wrote ${stderr.length} bytes of lines`);
    assert(!/internal|[Uu]ncaught|\n +at /.test(stderr), stderr);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#honest.kill();
    await this.#honest.ended;
    await this.#parts.server[Symbol.asyncDispose]();
  }

  async #row(
    title: string,
    run: () => Promise<void>,
    reasons: ReadonlyMap<string, number> = new Map(),
  ): Promise<AttackRow> {
    const { goal: { service }, server: { child: { pid } } } = this.#parts;
    await this.#latencies();
    resetPeak(pid);
    const startS = processorS(pid);
    const startMs = performance.now();
    await run();
    const latencies = await this.#latencies();
    const row: AttackRow = {
      ...{ service, title, latencies, reasons },
      wallS: (performance.now() - startMs) / 1000,
      processorS: processorS(pid) - startS,
      peakBytes: peakBytes(pid),
    };
    this.rows.push(row);
    return row;
  }

  async #latencies(): Promise<Latencies> {
    const from = this.#honest.events.length;
    await this.#honest.type("");
    return await this.#honest.event("marked", () => true, from);
  }
}

/** What attackers who belong here, and honest clients, have: a token, and how a server gets it. */
export function tokenOfStage(): { readonly token: Token; readonly env: Record<string, string> } {
  const token = newToken();
  return { token, env: { TRAM_TOKEN: formatToken(token) } };
}
