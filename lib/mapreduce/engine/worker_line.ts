/** A worker, as the coordinator sees it: its connection, and what it runs. */
import type { Connection } from "../../transport/connection.ts";
import { attemptKey, type AttemptName } from "./attempt_name.ts";
import { LinePost } from "./line_post.ts";
import type { Join } from "./messages.ts";
import type { MapreduceKinds } from "./protocol.ts";

/** An attempt at a worker, for the screen. */
export interface AttemptStatus {
  readonly name: AttemptName;
  readonly startedMs: number;
  readonly isBackup: boolean;
  bytes: number;
  records: number;
  /** Bytes that did not fit into memory. */
  spilledBytes: number;
  status: string;
}

/** Most UTF-16 code units of the name of a machine that are shown. */
const MAX_HOST_LENGTH = 100;

/** Bytes that are more than signs of life. */
const TAKEN_BYTES = 4096;

/** The line to one worker. */
export class WorkerLine {
  readonly post: LinePost<MapreduceKinds>;
  /** What it said of itself; `undefined` until then. */
  join: Join | undefined;
  readonly attempts = new Map<string, AttemptStatus>();
  isShunned = false;
  /** How much had been sent when something of it was taken last, and when that was. */
  #taken: { readonly bytes: number; readonly atMs: number } | undefined;

  /** One per connection. */
  constructor(connection: Connection<MapreduceKinds>) {
    this.post = new LinePost(connection);
  }

  /** Id of the worker; empty until it has joined. */
  get id(): string {
    return this.join?.worker ?? "";
  }

  /** Host that other workers dial. */
  get host(): string {
    return this.join?.shuffleHost || this.post.connection.peer.host;
  }

  /** Who it is, for people. */
  get label(): string {
    return this.join === undefined ? this.host : labelOf(this.join);
  }

  /**
   * Whether it has taken nothing of what waits for it for `mostMs`, though it says that it lives. To be
   * asked often: what it holds up is what others send through the coordinator.
   */
  isStuck(nowMs: number, mostMs: number): boolean {
    const { waitingBulk, connection: { stats: { bytesSent } } } = this.post;
    const taken = this.#taken;
    if (taken !== undefined && waitingBulk > 0 && bytesSent - taken.bytes < TAKEN_BYTES) {
      return nowMs - taken.atMs >= mostMs;
    }
    this.#taken = { bytes: bytesSent, atMs: nowMs };
    return false;
  }

  /** Notes that an attempt begins. */
  begin(name: AttemptName, isBackup: boolean, nowMs: number): void {
    this.attempts.set(attemptKey(name), {
      ...{ name, isBackup, startedMs: nowMs, bytes: 0, records: 0, spilledBytes: 0, status: "" },
    });
  }

  /** Notes that an attempt is over. */
  end(name: AttemptName): void {
    this.attempts.delete(attemptKey(name));
  }
}

/** Who a worker is, for people: it says that itself, so that it may be long. */
export function labelOf({ host, pid }: Pick<Join, "host" | "pid">): string {
  return `${host.slice(0, MAX_HOST_LENGTH).toWellFormed()}:${pid}`;
}
