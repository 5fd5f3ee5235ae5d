/** Files that bots of `chat` hand to each other: whole, and what they were, or there is a reason. */
import { createHash } from "node:crypto";
import type { Random } from "../random.ts";
import type { ChatBot } from "./chat_bot.ts";

const SIZES = [1, 70_000, 400_000, 1_500_000];

/** Longest that a file may take between two who stay, in milliseconds. */
const MOST_MS = 45_000;

interface Sample {
  readonly path: string;
  readonly sha256: string;
}

/** A file on its way. */
interface Transfer {
  readonly from: ChatBot;
  readonly to: ChatBot;
  readonly sample: Sample;
  /** Deaths of both, when it was offered. */
  readonly deaths: number;
  readonly atMs: number;
}

/** Sends files, and compares what comes. */
export class FileExchange {
  readonly counts = { "chat files": 0, "chat files interrupted": 0 };
  readonly faults: string[] = [];
  readonly #folder: string;
  readonly #transfers = new Map<string, Transfer>();
  readonly #samples: Sample[] = [];
  #number = 0;

  /** Nothing yet. @param folder with what is sent */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the files that are sent. */
  async start(): Promise<void> {
    await Deno.mkdir(`${this.#folder}/files`, { recursive: true });
    for (const size of SIZES) {
      const bytes = new Uint8Array(size);
      for (let at = 0; at < size; at += 65_536) {
        crypto.getRandomValues(bytes.subarray(at, at + 65_536));
      }
      const path = `${this.#folder}/files/${size}.bin`;
      await Deno.writeFile(path, bytes);
      this.#samples.push({ path, sha256: createHash("sha256").update(bytes).digest("hex") });
    }
  }

  /** One bot offers a file to another, when both are there. */
  exchange(bots: readonly ChatBot[], random: Random): void {
    const [from, to, sample] = [random.pick(bots), random.pick(bots), random.pick(this.#samples)];
    if (from === to || !from.isReady || !to.isReady) return;
    const name = `file-${++this.#number}.bin`;
    const path = `${this.#folder}/files/${name}`;
    Deno.linkSync(sample.path, path); // another name of the same bytes
    const deaths = from.deaths + to.deaths;
    this.#transfers.set(name, { from, to, sample, deaths, atMs: performance.now() });
    from.send(to.nick, path);
  }

  /** A file has come. */
  onFile(
    bot: ChatBot,
    { name, path, sha256 }: { name: string; path: string; sha256: string },
  ): void {
    const transfer = this.#transfers.get(name);
    if (transfer === undefined) return; // given up by now
    if (bot !== transfer.to) this.faults.push(`${name} came to ${bot.nick}`);
    const isSame = sha256 === transfer.sample.sha256 &&
      createHash("sha256").update(Deno.readFileSync(path)).digest("hex") === sha256;
    if (!isSame) this.faults.push(`${name} is another file at ${bot.nick}`);
    this.counts["chat files"]++;
    Deno.removeSync(path);
    this.#end(name);
  }

  /** Whether none is on its way; one whose sender or receiver died may not come, and is given up. */
  isSettled(): boolean {
    for (const [name, { from, to, deaths, atMs }] of this.#transfers) {
      const forMs = performance.now() - atMs;
      const wasInterrupted = from.deaths + to.deaths !== deaths;
      if (wasInterrupted && forMs > MOST_MS / 5) {
        this.counts["chat files interrupted"]++;
        this.#end(name);
      } else if (forMs > MOST_MS) {
        this.faults.push(`${name} from ${from.nick} has not come to ${to.nick}`);
        this.#end(name);
      }
    }
    return this.#transfers.size === 0;
  }

  #end(name: string): void {
    this.#transfers.delete(name);
    Deno.removeSync(`${this.#folder}/files/${name}`);
  }
}
