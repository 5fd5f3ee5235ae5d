/**
 * One end of a connection in the model: sends what it is told, checks each frame that it gets
 * against what the other end sent, and keeps count of both.
 */
import type { CloseReport } from "../../lib/transport/close_report.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import { HEAD_BYTES } from "../../lib/transport/frame.ts";
import { FrameBatch } from "../../lib/transport/frame_batch.ts";
import type { FrameView } from "../../lib/transport/frame_view.ts";
import type { Handlers } from "../../lib/transport/routes.ts";
import { defineService, type Lane, raw, type Service } from "../../lib/transport/service.ts";
import type { Random } from "../random.ts";
import { drawFrame, type FramePlan, type SideName } from "./model_scenario.ts";

/** The service that the model speaks: small lanes and limits, so that all of them are met. */
export const modelService: Service<{
  readonly normal: ReturnType<typeof raw>;
  readonly bulk: ReturnType<typeof raw>;
  readonly heldBulk: ReturnType<typeof raw>;
}> = defineService({
  name: "model",
  heartbeatMs: 1000,
  maxFrameBytes: 300_000,
  bulkCreditBytes: 100_000,
  lanes: {
    normal: { maxBytes: 400_000, whenFull: "wait" },
    bulk: { maxBytes: 400_000, whenFull: "drop" },
  },
  kinds: {
    normal: raw(0x20),
    bulk: raw(0x21, { lane: "bulk" }),
    heldBulk: raw(0x22, { lane: "bulk", credit: "service" }),
  },
});

/** A connection of the model. */
export type ModelConnection = Connection<typeof modelService.kinds>;

/** What a side of the model needs to know. */
export interface ModelSideOptions {
  readonly name: SideName;
  /** Decides what handlers do. */
  readonly random: Random;
  readonly isNarrow: boolean;
  /** Number of the frame whose handler throws. */
  readonly failsAtFrame: number | undefined;
  /** Told what contradicts the contracts. */
  readonly onProblem: (problem: string) => void;
}

/** One end of a connection in the model. */
export class ModelSide {
  readonly name: SideName;
  connection: ModelConnection | undefined;
  report: CloseReport | undefined;
  /** Bytes of each payload that was accepted for sending, in order. */
  readonly accepted: Record<Lane, number[]> = { normal: [], bulk: [] };
  /** Accepted bytes on the wire. */
  acceptedBytes = 0;
  /** How many frames of the other side were handled here. */
  readonly handled: Record<Lane, number> = { normal: 0, bulk: 0 };
  /** Handled bytes on the wire. */
  handledBytes = 0;
  /** Promises of the connection that are not settled. */
  pendingPromises = 0;
  readonly #options: ModelSideOptions;
  /** Bytes on the wire of bulk frames whose credit was not given back yet. */
  readonly #heldBytes: number[] = [];
  #framesUntilFailure: number;

  constructor(options: ModelSideOptions) {
    this.name = options.name;
    this.#options = options;
    this.#framesUntilFailure = options.failsAtFrame ?? Infinity;
  }

  /** Takes its connection. */
  attach(connection: ModelConnection): void {
    this.connection = connection;
    this.watch(connection.closed.then((report) => this.report = report));
    if (this.#options.random.oneIn(4)) connection.onGoodbye = () => this.#sendAny();
  }

  /** Handlers that check what comes from `other`. */
  handlers(other: ModelSide): Handlers<typeof modelService.kinds> {
    return {
      normal: (view) => this.#handle("normal", view, other),
      bulk: (view) => this.#handle("bulk", view, other),
      heldBulk: (view) => {
        this.#handle("bulk", view, other);
        this.#heldBytes.push(HEAD_BYTES + view.length);
      },
    };
  }

  /** Sends what is planned, as far as the connection accepts it. */
  send(plan: FramePlan): void {
    const { connection } = this;
    if (connection === undefined) return;
    const { isOpen } = connection;
    const lane = plan.kind === "normal" ? "normal" : "bulk";
    const first = this.accepted[lane].length;
    const payloads = Array.from(
      { length: plan.count },
      (_, i) => payloadOf(first + i, plan.payloadBytes),
    );
    if (!this.#offer(connection, plan, payloads)) return;
    if (!isOpen) this.#problem(`a frame was accepted by ${plan.way}() while isOpen was false`);
    for (const { length } of payloads) {
      this.accepted[lane].push(length);
      this.acceptedBytes += HEAD_BYTES + length;
    }
  }

  /** Gives credit back for the oldest `frames` held frames. */
  release(frames: number): void {
    for (const bytes of this.#heldBytes.splice(0, frames)) this.connection?.releaseBulk(bytes);
  }

  /** Expects `promise` to be fulfilled in the end. */
  watch(promise: Promise<unknown> | undefined): void {
    if (promise === undefined) return;
    this.pendingPromises++;
    promise.then(() => this.pendingPromises--, (error) => {
      this.pendingPromises--;
      this.#problem(`a promise was rejected: ${error}`);
    });
  }

  #offer(connection: ModelConnection, plan: FramePlan, payloads: Uint8Array[]): boolean {
    const kind = modelService.kinds[plan.kind];
    const [payload] = payloads as [Uint8Array];
    switch (plan.way) {
      case "send":
        return connection.send(kind, payload);
      case "reserve": {
        const writer = connection.reserve(kind, payload.length);
        writer?.set(payload);
        writer?.commit();
        return writer !== undefined;
      }
      case "sendInPlace": {
        const released = connection.sendInPlace(kind, payload);
        // From now on the bytes may change; if they still travel, the other side will see it.
        this.watch(released?.then(() => payload.fill(0xee)));
        return released !== undefined;
      }
      case "sendBatch": {
        const batch = new FrameBatch();
        for (const each of payloads) batch.add(kind, each);
        return connection.sendBatch(batch);
      }
    }
  }

  #handle(lane: Lane, view: FrameView, other: ModelSide): void {
    if (this.#framesUntilFailure-- === 0) throw new Error("a handler with a defect");
    const due = this.handled[lane];
    this.handled[lane]++;
    this.handledBytes += HEAD_BYTES + view.length;
    this.#check(lane, due, view, other.accepted[lane][due]);
    const { random } = this.#options;
    if (random.oneIn(20)) this.#sendAny();
    if (random.oneIn(350)) this.connection?.close();
  }

  /** The frame must be number `due` of its lane, as it was sent. */
  #check(lane: Lane, due: number, view: FrameView, acceptedBytes: number | undefined): void {
    const number = view.getUint32(0);
    if (number !== due) this.#problem(`${lane} frame ${number} came where ${due} was due`);
    if (view.length !== acceptedBytes) {
      this.#problem(`${lane} frame ${number} has ${view.length} bytes, not ${acceptedBytes}`);
    }
    const payload = view.subarray();
    for (let i = 4; i < payload.length; i++) {
      if (payload[i] === patternAt(number, i)) continue;
      return this.#problem(`${lane} frame ${number} is corrupt at ${i} of ${payload.length}`);
    }
  }

  #sendAny(): void {
    const { random, isNarrow } = this.#options;
    this.send(drawFrame(random, false, isNarrow));
  }

  #problem(what: string): void {
    this.#options.onProblem(`${this.name}: ${what}`);
  }
}

/** The number of the frame, then bytes that are others in each frame and at each place. */
function payloadOf(number: number, length: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(length);
  new DataView(payload.buffer).setUint32(0, number);
  for (let i = 4; i < length; i++) payload[i] = patternAt(number, i);
  return payload;
}

function patternAt(number: number, i: number): number {
  return (number * 31 + i + (i >> 8)) & 0xff;
}
