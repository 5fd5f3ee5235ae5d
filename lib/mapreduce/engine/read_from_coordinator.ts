/** Bytes of an input that a worker has no copy of. */
import { Buffer } from "node:buffer";
import { MAX_READ_BYTES } from "./input_desk.ts";
import { type MapreduceKinds, mapreduceService } from "./protocol.ts";
import type { Requests } from "./requests.ts";
import { TaskError } from "./task_runner.ts";

/** What is asked for. */
export interface ReadQuestion {
  /** Number of the input. */
  readonly input: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * Asks the coordinator for bytes.
 *
 * @param onPiece told whenever some have come
 * @returns as many as there are
 * @throws {TaskError} when it cannot give them
 * @throws the signal's reason
 */
export async function readFromCoordinator(
  requests: Pick<Requests<MapreduceKinds>, "ask">,
  { input, offset, length }: ReadQuestion,
  onPiece: () => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let leftBytes = 0;
  const write = (bytes: Uint8Array) => {
    leftBytes -= bytes.length;
    if (leftBytes < 0) throw new TaskError("The coordinator sent more than was asked for");
    onPiece();
    pieces.push(bytes);
  };
  for (let at = 0; at < length;) {
    leftBytes = Math.min(length - at, MAX_READ_BYTES);
    const part = { input, offset: offset + at, length: Math.min(length - at, MAX_READ_BYTES) };
    const { bytes, failure, error } = await requests.ask(
      mapreduceService.kinds.read,
      part,
      write,
      signal,
    );
    if (error !== undefined) throw error;
    if (failure !== undefined) throw new TaskError(failure.message);
    if (bytes === 0) break;
    at += bytes;
  }
  return new Uint8Array(Buffer.concat(pieces));
}
