/** Takes what reduce attempts send, and makes the winners' output durable. */
import type { FrameView } from "../../transport/frame_view.ts";
import { attemptKey, type AttemptName } from "./attempt_name.ts";
import type { Folder } from "./folder.ts";
import { partName } from "./job_result.ts";
import type { ReduceDone } from "./messages.ts";
import { PartUpload } from "./part_upload.ts";
import { ENGINE_BYTES } from "./protocol.ts";
import type { WorkerLine } from "./worker_line.ts";

/** What the name of an output begins with that is not committed. */
const UPLOAD_PREFIX = ".part-";

interface Upload {
  readonly part: PartUpload;
  readonly line: WorkerLine;
}

/** Options of an {@linkcode OutputDesk}. */
export interface OutputDeskOptions {
  readonly folder: Folder;
  /** Whether this attempt runs at that worker. */
  readonly isRunning: (worker: string, name: AttemptName) => boolean;
  /** Told of each piece. */
  readonly onProgress: (line: WorkerLine, name: AttemptName) => void;
  /** Told when the disk takes no more. */
  readonly onFailure: (error: unknown) => void;
}

/** Takes what reduce attempts send. */
export class OutputDesk {
  readonly #options: OutputDeskOptions;
  readonly #uploads = new Map<string, Upload>();

  /** A desk with nothing on it. */
  constructor(options: OutputDeskOptions) {
    this.#options = options;
  }

  /** Takes away what an earlier coordinator has left. @throws {FolderError} */
  static async tidy(folder: Folder): Promise<void> {
    for (const name of await folder.list()) {
      if (name.startsWith(UPLOAD_PREFIX)) await folder.remove(name);
    }
  }

  /** A piece of an output has come. */
  output(line: WorkerLine, view: FrameView): void {
    const frameBytes = view.length + 5;
    const release = () => line.post.connection.releaseBulk(frameBytes);
    const name = {
      epoch: view.getUint32(0),
      kind: "reduce",
      task: view.getUint32(4),
      attempt: view.getUint32(8),
    } as const;
    if (!this.#options.isRunning(line.id, name)) return release();
    this.#take(line, name).add(view.copy(ENGINE_BYTES.outputHead), release);
    this.#options.onProgress(line, name);
  }

  /** Whether all of an output has come as it was sent. */
  isWhole(line: WorkerLine, { name, bytes, crc32 }: ReduceDone): boolean {
    const part = this.#take(line, name); // an empty output has no piece
    return part.bytes === bytes && part.crc32 === crc32;
  }

  /** Makes the output of an attempt the one of its partition. @throws {FolderError} */
  async commit(name: AttemptName): Promise<void> {
    const upload = this.#uploads.get(attemptKey(name));
    if (upload === undefined) throw new Error(`Cannot commit ${attemptKey(name)}: nothing came`);
    await upload.part.commit(partName(name.task));
    this.#uploads.delete(attemptKey(name));
  }

  /** An attempt is over without success. */
  drop(name: AttemptName): void {
    const upload = this.#uploads.get(attemptKey(name));
    this.#uploads.delete(attemptKey(name));
    upload?.part.drop();
  }

  /** A worker has left: what it sends is never whole. @param isKept what was accepted already */
  left(line: WorkerLine, isKept: (key: string) => boolean): void {
    for (const [key, upload] of this.#uploads) {
      if (upload.line !== line || isKept(key)) continue;
      this.#uploads.delete(key);
      upload.part.drop();
    }
  }

  /** Drops everything. */
  async end(): Promise<void> {
    const all = [...this.#uploads.values()];
    this.#uploads.clear();
    await Promise.all(all.map(({ part }) => part.drop()));
  }

  #take(line: WorkerLine, name: AttemptName): PartUpload {
    const key = attemptKey(name);
    const known = this.#uploads.get(key);
    if (known !== undefined) return known.part;
    const { folder, onFailure } = this.#options;
    const file = `${UPLOAD_PREFIX}${
      String(name.task).padStart(5, "0")
    }-e${name.epoch}-a${name.attempt}`;
    const part = new PartUpload(folder, file, onFailure);
    this.#uploads.set(key, { part, line });
    return part;
  }
}
