import type { Notes } from "./client_memory.ts";

/** Name of the note. */
const NOTE = "ignored";

/** Somebody whose lines are not shown. */
export interface Ignored {
  readonly author: number;
  /** Name when they were put on the list. */
  readonly nick: string;
}

/** Whose lines are not shown: by author, so another name does not help them. Kept for one store. */
export class IgnoreList {
  readonly #notes: Notes;
  #storeId = "";
  #list: readonly Ignored[] = [];

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** Authors are those of this store from now on. */
  useStore(storeId: string): void {
    this.#storeId = storeId;
    this.#list = read(this.#notes.get(NOTE), storeId);
  }

  /** Everybody on it. */
  get all(): readonly Ignored[] {
    return this.#list;
  }

  has(author: number): boolean {
    return this.#list.some((one) => one.author === author);
  }

  add(one: Ignored): void {
    this.#keep([...this.#list.filter(({ author }) => author !== one.author), one]);
  }

  /** Takes off by author, or by the name it had. @returns who it was */
  remove(nick: string, author?: number): Ignored | undefined {
    const found = this.#list.find((one) =>
      one.author === author || one.nick.toLowerCase() === nick.toLowerCase()
    );
    if (found !== undefined) this.#keep(this.#list.filter((one) => one !== found));
    return found;
  }

  #keep(list: readonly Ignored[]): void {
    this.#list = list;
    this.#notes.set(NOTE, JSON.stringify({ storeId: this.#storeId, list }));
  }
}

function read(note: string | undefined, storeId: string): readonly Ignored[] {
  try {
    const kept = JSON.parse(note ?? "{}") as { storeId?: unknown; list?: unknown };
    if (kept.storeId !== storeId || !Array.isArray(kept.list)) return [];
    return kept.list.filter((one: Partial<Ignored>): one is Ignored =>
      typeof one?.author === "number" && typeof one.nick === "string"
    );
  } catch {
    return []; // what cannot be read is on nobody's list
  }
}
