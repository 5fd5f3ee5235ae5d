/** Gives runs from a worker's disk to whoever asks: other workers, or the coordinator for them. */
import type { Kind, Kinds } from "../../transport/service.ts";
import type { FrameView } from "../../transport/frame_view.ts";
import { attemptKey } from "./attempt_name.ts";
import type { Folder } from "./folder.ts";
import type { LinePost } from "./line_post.ts";
import type { DataEnd, Fetch, RunPart } from "./messages.ts";

/** A map output on this worker's disk. */
export interface HeldOutput {
  readonly file: string;
  readonly parts: readonly RunPart[];
}

/** Bytes that are read from the disk at once. */
const READ_BYTES = 480 * 1024;

/** The kinds that answer FETCH. */
export interface DataKinds {
  readonly data: Kind<FrameView, Uint8Array>;
  readonly dataEnd: Kind<DataEnd>;
}

/** Answers a FETCH. Never throws. */
export async function serveRun<K extends Kinds>(
  { id, name, partition }: Fetch,
  held: ReadonlyMap<string, HeldOutput>,
  folder: Folder,
  post: LinePost<K>,
  kinds: DataKinds,
): Promise<void> {
  const fail = (code: string, message: string) =>
    post.bulk(kinds.dataEnd, { id, bytes: 0, failure: { code, message } });
  const output = held.get(attemptKey(name));
  const part = output?.parts[partition];
  if (output === undefined || part === undefined) {
    await fail("gone", `${attemptKey(name)} is not here`);
    return;
  }
  try {
    const reader = await folder.open(output.file);
    if (reader === undefined) return void await fail("gone", `${output.file} is not here any more`);
    try {
      for (let sent = 0; sent < part.bytes;) {
        const wanted = Math.min(READ_BYTES, part.bytes - sent);
        const bytes = await reader.read(part.startByte + sent, wanted);
        if (bytes.length < wanted) return void await fail("gone", `${output.file} is cut`);
        if (!await post.pieces(kinds.data, [id], bytes)) return;
        sent += bytes.length;
      }
    } finally {
      reader.close();
    }
    await post.bulk(kinds.dataEnd, { id, bytes: part.bytes });
  } catch (error) {
    await fail("gone", error instanceof Error ? error.message : String(error));
  }
}
