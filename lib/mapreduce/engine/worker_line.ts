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

/** The line to one worker. */
export class WorkerLine {
  readonly post: LinePost<MapreduceKinds>;
  /** What it said of itself; `undefined` until then. */
  join: Join | undefined;
  readonly attempts = new Map<string, AttemptStatus>();
  isShunned = false;

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
    return this.join === undefined ? this.host : `${this.join.host}:${this.join.pid}`;
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
