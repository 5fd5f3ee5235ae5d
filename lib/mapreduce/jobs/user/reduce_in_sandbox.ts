import { readGroups } from "../../kernel/read_groups.ts";
import type { RunCursor } from "../../kernel/run_cursor.ts";
import type { UserJob } from "../job_description.ts";
import { JobError } from "../job_error.ts";
import type { ReduceEmit, StepReport, TaskSigns } from "../running_job.ts";
import { askItems } from "./ask_items.ts";
import { forEachPair } from "./pairs.ts";
import type { Sandbox } from "./sandbox.ts";
import { type DoneHead, packPayload, type ReduceHead, SandboxKind } from "./sandbox_frames.ts";
import { StepTally } from "./step_tally.ts";

/** Bytes of keys and values that travel in one request, about. */
const BATCH_BYTES = 1024 * 1024;

/** Some values of a key. */
interface Piece {
  readonly key: Uint8Array;
  readonly values: readonly Uint8Array[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/**
 * Has a sandbox reduce groups. A group larger than a request goes in pieces; it cannot be skipped, nor
 * begun again after the process has died, since its values are gone by then.
 *
 * @throws {JobError}
 * @throws the signal's reason
 */
export async function reduceInSandbox(
  { onError }: UserJob,
  sandbox: Sandbox,
  cursor: RunCursor,
  emit: ReduceEmit,
  signs: TaskSigns,
): Promise<StepReport> {
  const tally = new StepTally(signs);
  let waiting: Promise<void>[] = [];
  const request = {
    ...{ sandbox, kind: SandboxKind.Reduce, signal: signs.signal, encode },
    take(head: DoneHead, pairs: Uint8Array) {
      tally.add(head);
      forEachPair(pairs, (key, value) => {
        const written = emit(key, value);
        if (written !== undefined) waiting.push(written);
      });
    },
    skip: (piece: Piece, message: string) =>
      tally.skip({ message: `key ${keyText(piece)}: ${message}` }),
    nameOf: (piece: Piece) => `key ${keyText(piece)}`,
    died: (message: string) => tally.died(message),
  };
  const send = async (pieces: readonly Piece[]) => {
    const [only] = pieces;
    const isWhole = pieces.every(({ isFirst, isLast }) => isFirst && isLast);
    if (isWhole) await askItems(pieces, { ...request, onError });
    else if (only !== undefined) await askPiece(only, request);
    await Promise.all(waiting);
    waiting = [];
  };
  let pieces: Piece[] = [];
  let size = 0;
  for await (const { key, values } of readGroups(cursor)) {
    let kept: Uint8Array[] = [];
    let keptBytes = key.length;
    let isFirst = true;
    for await (const value of values) {
      kept.push(value);
      keptBytes += value.length + 16; // and what stands in the head
      if (keptBytes < BATCH_BYTES) continue;
      await send(pieces);
      await send([{ key, values: kept, isFirst, isLast: false }]);
      pieces = [];
      kept = [];
      size = 0;
      keptBytes = key.length;
      isFirst = false;
    }
    const piece = { key, values: kept, isFirst, isLast: true };
    if (isFirst) pieces.push(piece);
    else await send([piece]);
    size += isFirst ? keptBytes : 0;
    if (size < BATCH_BYTES) continue;
    await send(pieces);
    pieces = [];
    size = 0;
  }
  await send(pieces);
  return tally.report();
}

/** Sends a piece of a large group: whatever goes wrong fails the task. */
async function askPiece(
  piece: Piece,
  request: Omit<Parameters<typeof askItems<Piece>>[1], "onError">,
): Promise<void> {
  const sandbox = {
    async ask(kind: number, payload: Uint8Array<ArrayBuffer>, signal: AbortSignal) {
      try {
        return await request.sandbox.ask(kind, payload, signal);
      } catch (error) {
        if (signal.aborted || error instanceof JobError || !(error instanceof Error)) throw error;
        throw new JobError(`key ${keyText(piece)}: ${error.message}`, { cause: error });
      }
    },
  };
  await askItems([piece], { ...request, sandbox, onError: "fail" });
}

function encode(pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const head: ReduceHead = {
    pieces: pieces.map(({ key, values, isFirst, isLast }) => ({
      ...{ k: key.length, v: values.map(({ length }) => length), first: isFirst, last: isLast },
    })),
  };
  return packPayload(head, pieces.flatMap(({ key, values }) => [key, ...values]));
}

function keyText({ key }: Piece): string {
  return JSON.stringify(new TextDecoder().decode(key.subarray(0, 80)));
}
