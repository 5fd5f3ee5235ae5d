import { chatService } from "../protocol.ts";
import type { ExchangeParts } from "./exchange_parts.ts";
import type { IncomingFile, LiveTransfer } from "./incoming_file.ts";
import { PartFile } from "./part_file.ts";
import { ProgressPace } from "./progress_pace.ts";
import { type Received, Receiving } from "./receiving.ts";

const { kinds } = chatService;

/**
 * Receives a file through one connection, from the answer to the last byte that came: with what is
 * there of it already, or from its start.
 *
 * @returns `undefined` when it was stopped before its end
 * @throws {MismatchError} when it is not what was sent
 * @throws {Error} one line: it cannot be written
 */
export async function receiveFile(
  parts: ExchangeParts,
  folder: string,
  item: IncomingFile,
  live: LiveTransfer,
): Promise<Received> {
  const { clock, emit } = parts;
  const part = await open(parts, folder, item);
  try {
    item.partPath = part.path;
    const { bytes: offset, last } = part;
    item.bytes = offset;
    if (live.stop !== undefined) return undefined;
    const pace = new ProgressPace(clock.monotonicNs());
    live.receiving = new Receiving(part, live.connection, () => {
      item.bytes = part.bytes;
      if (pace.isDue(clock.monotonicNs())) emit(item.event("progress"));
    });
    const { transfer, connection } = live;
    const chunk = last === undefined ? {} : { chunkSha256: last.sha256 };
    connection.send(kinds.answer, { transfer, isAccepted: true, offset, ...chunk });
    emit(item.event("started", offset > 0 ? { resumedFrom: offset } : {}));
    return await live.receiving.done;
  } finally {
    await part.close();
  }
}

async function open(
  { files, chunkBytes, receiver }: ExchangeParts,
  folder: string,
  item: IncomingFile,
): Promise<PartFile> {
  const { key, author, nick, name, size, partPath } = item;
  const part = partPath === undefined ? undefined : await PartFile.resume(files, partPath);
  if (part !== undefined) return part;
  if (partPath !== undefined) await PartFile.remove(files, partPath);
  return await PartFile.create(files, folder, {
    key,
    author,
    nick,
    name,
    size,
    chunkBytes,
    receiver,
  });
}
