/** Memory and files of processes, as `/proc` has them: Linux only. */

/** A process, by its id. */
interface Process {
  readonly child: { readonly pid: number };
}

/** Bytes that a process has read from files, and written to them. */
export interface FileBytes {
  readonly read: number;
  readonly written: number;
}

/** Memory that processes use while they are watched. */
export class Memory implements Disposable {
  readonly #watched: { readonly group: string; readonly pid: number; most: number }[] = [];
  /** What the first of a group used when it was watched first. */
  readonly #base = new Map<string, number>();
  readonly #timer = setInterval(() => this.#look(), 50);

  /** Looks at a process from now on. */
  watch(group: string, { child: { pid } }: Process): void {
    const most = rssBytes(pid);
    this.#watched.push({ group, pid, most });
    if (!this.#base.has(group)) this.#base.set(group, most);
  }

  /** By how much a group has grown since its first process was watched, at most, in bytes. */
  grown(group: string): number {
    const most = this.#watched.filter((one) => one.group === group).map((one) => one.most);
    return Math.max(...most) - (this.#base.get(group) ?? 0);
  }

  /** Looks no more. */
  stop(): void {
    this.#look();
    clearInterval(this.#timer);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const one of this.#watched) one.most = Math.max(one.most, rssBytes(one.pid));
  }
}

/** In RAM now; 0 when it has ended. */
function rssBytes(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** What a process has read from files and written to them so far; sockets of tram do not count. */
export function fileBytes({ child: { pid } }: Process): FileBytes {
  const io = Deno.readTextFileSync(`/proc/${pid}/io`);
  const at = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(io)?.[1]);
  return { read: at("rchar"), written: at("wchar") };
}
