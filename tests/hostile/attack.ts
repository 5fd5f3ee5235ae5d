/** What an attack is made on, and what came of it. */
import type { JsonProcess } from "../e2e/json_process.ts";
import type { Latencies } from "./honest_clients.ts";
import type { Goal } from "./peer.ts";
import type { ServerEvent } from "./stage.ts";

/** What an attack is made on. */
export interface Target {
  readonly goal: Goal;
  /** The process that serves. */
  readonly server: JsonProcess<ServerEvent>;
  /** How much of it: 1 in the gate. */
  readonly size: number;
  /** Notes the reason that an attacker got; empty: hung up on without a word. */
  tell(code: string): void;
}

/** One attack; it asserts what the attacker is told. */
export type Attack = (target: Target) => Promise<void>;

/** By what they do. */
export type Attacks = Readonly<Record<string, Attack>>;

/** What came of an attack. */
export interface AttackRow {
  readonly service: string;
  readonly title: string;
  /** Of the honest clients, meanwhile. */
  readonly latencies: Latencies;
  /** What attackers were told, and how often. */
  readonly reasons: ReadonlyMap<string, number>;
  readonly wallS: number;
  /** Processor time of the server. */
  readonly processorS: number;
  /** Most memory of the server in RAM. */
  readonly peakBytes: number;
}
