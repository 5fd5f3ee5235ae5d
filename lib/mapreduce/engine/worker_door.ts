import { ENGINE_VERSION } from "./engine_version.ts";
import type { EngineEvents } from "./engine_events.ts";
import type { Join } from "./messages.ts";
import { NOT_YOURS, OTHER_VERSION } from "./protocol.ts";
import { labelOf, type WorkerLine } from "./worker_line.ts";

/** Who may help: a worker of the same version, under an id that nobody else has. */
export class WorkerDoor {
  readonly #version: string;
  readonly #events: EngineEvents;
  /** What keeps others from joining by the id of a worker. */
  readonly #secrets = new Map<string, string>();

  /** @param version of this side. @default {ENGINE_VERSION} */
  constructor(events: EngineEvents, version: string = ENGINE_VERSION) {
    this.#events = events;
    this.#version = version;
  }

  /** Whether a worker may join; if not, its line ends with the reason. */
  admits({ post: { connection } }: WorkerLine, join: Join): boolean {
    const { worker, slots, version = this.#version, secret = "" } = join;
    if (version !== this.#version) {
      const message = `Cannot take ${version}: the coordinator has ${this.#version}`;
      const who = { worker, label: labelOf(join), slots } as const;
      this.#events.tell({ type: "worker", change: "refused", ...who, message });
      connection.abort(OTHER_VERSION, message);
      return false;
    }
    if ((this.#secrets.get(worker) ?? secret) !== secret) {
      connection.abort(NOT_YOURS, `Cannot join as ${worker}: another one is`);
      return false;
    }
    this.#secrets.set(worker, secret);
    return true;
  }
}
