import type { FileEvent } from "../chat_event.ts";
import type { FileStop, Start } from "../file_messages.ts";
import { isOver, type OutgoingFile, type OutgoingTransfer } from "./outgoing_file.ts";

/** One transfer, with its file. */
export interface FoundTransfer {
  readonly sent: OutgoingFile;
  readonly transfer: OutgoingTransfer;
}

/** Files that are sent: all that are not over. */
export class OutgoingList extends Set<OutgoingFile> {
  /** All transfers of all files. */
  *transfers(): Generator<FoundTransfer> {
    for (const sent of this) for (const transfer of sent.transfers) yield { sent, transfer };
  }

  /** The first transfer that is like that. */
  find(is: (transfer: OutgoingTransfer) => boolean): FoundTransfer | undefined {
    for (const found of this.transfers()) if (is(found.transfer)) return found;
    return undefined;
  }

  /** The file with that key. */
  byKey(key: string | undefined): OutgoingFile | undefined {
    for (const sent of this) if (sent.file.key === key) return sent;
    return undefined;
  }

  /** A file that was offered before, and has failed: it can go on. */
  failed(path: string, to: string, size: number, mtimeMs: number): OutgoingFile | undefined {
    for (const sent of this) {
      const { file, transfers } = sent;
      const isSame = file.path === path && file.to === to && file.size === size &&
        file.mtimeMs === mtimeMs;
      if (isSame && transfers.some(({ state }) => state === "failed")) return sent;
    }
    return undefined;
  }

  /** Whether nothing is on its way or waits for somebody. */
  get isSettled(): boolean {
    for (const sent of this) if (!sent.isSettled) return false;
    return true;
  }

  /** How they stand. */
  events(): FileEvent[] {
    const events: FileEvent[] = [];
    for (const sent of this) {
      if (sent.isForRoom) events.push(sent.event("offered", undefined));
      for (const transfer of sent.transfers) {
        const { state } = transfer;
        if (isOver(state)) continue;
        const shown = state === "running" ? "progress" : state === "offered" ? state : "stopped";
        events.push(sent.event(shown, transfer));
      }
    }
    return events;
  }
}

/** Which transfer of a file a START begins; `undefined` for somebody new in a room. */
export function transferOfStart(
  { transfers, file }: OutgoingFile,
  { author, nick }: Start,
): OutgoingTransfer | undefined {
  return transfers.find((one) => one.author === author) ??
    transfers.find((one) => one.author === 0 && isSameNick(one.nick, nick)) ??
    (file.to.startsWith("@") ? transfers.find((one) => one.author === 0) : undefined);
}

/** Which transfer of a file a FILE_STOP without a known number is about. */
export function transferOfStop(
  { transfers, file }: OutgoingFile,
  { nick }: FileStop,
): OutgoingTransfer | undefined {
  return transfers.find((one) => nick !== undefined && isSameNick(one.nick, nick)) ??
    (file.to.startsWith("@") ? transfers[0] : undefined);
}

function isSameNick(a: string, b: string): boolean {
  return a.normalize("NFKC").toLowerCase() === b.normalize("NFKC").toLowerCase();
}
