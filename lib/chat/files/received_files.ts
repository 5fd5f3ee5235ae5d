import type { Offered } from "../file_messages.ts";
import type { ExchangeParts } from "./exchange_parts.ts";
import { findParts, type FoundPart } from "./find_parts.ts";
import type { LiveTransfer } from "./incoming_file.ts";
import { PartFile } from "./part_file.ts";
import { type ReceivedKey, ReceivedKeys } from "./received_keys.ts";
import { sayDone, sayRejected } from "./receiver_says.ts";

/**
 * Files that were received, or not wanted, and what is left of them in the folder. The journal of a file
 * that was received stays until it is noted that it was: so it never comes again, whenever the process
 * is killed.
 */
export class ReceivedFiles {
  readonly #parts: ExchangeParts;
  readonly #keys: ReceivedKeys;
  /** Paths of journals that stay until what they say is noted. */
  readonly #left = new Set<string>();

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#keys = new ReceivedKeys(parts.notes);
  }

  /** Remembers a file. */
  add(received: ReceivedKey): void {
    this.#keys.add(received);
  }

  /** Answers the offer of a file that it knows. @returns false when it does not */
  answer(live: LiveTransfer, { key, author, size }: Offered): boolean {
    const known = this.#keys.get(key, author);
    if (known === undefined) return false;
    const isHere = known.sha256 !== "" && known.size === size;
    if (isHere) sayDone(live, known.size, known.sha256);
    else sayRejected(live, "rejected before");
    return true;
  }

  /** Looks for what an earlier process has left. @returns what is to go on */
  async find(folder: string): Promise<FoundPart[]> {
    const { files, receiver } = this.#parts;
    const found = await findParts(files, folder, receiver);
    const open = found.filter(({ path, journal, isReceived }) => {
      const { head: { key, author, size }, whole } = journal;
      const isKnown = this.#keys.get(key, author) !== undefined;
      if (isReceived && !isKnown) this.add({ key, author, size, sha256: whole ?? "" });
      if (isReceived || isKnown) this.#left.add(path);
      return !isReceived && !isKnown;
    });
    await this.tidy();
    return open;
  }

  /**
   * Takes away what is left of files that were received, when that is noted; else the next call does, or
   * the next process.
   *
   * @param path of one more, without its ending
   */
  async tidy(path?: string): Promise<void> {
    const { notes } = this.#parts;
    if (path !== undefined) this.#left.add(path);
    const paths = [...this.#left];
    try {
      await notes.sync?.();
    } catch {
      return;
    }
    // Once it is away the path may be another file's.
    for (const each of paths) if (this.#left.delete(each)) await this.discard(each);
  }

  /** Takes away what has come of a file. What cannot be taken away stays; nobody relies on it. */
  async discard(path: string | undefined): Promise<void> {
    if (path !== undefined) await PartFile.remove(this.#parts.files, path).catch(() => {});
  }
}
