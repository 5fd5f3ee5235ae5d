/** A sandbox in this process, which can be told to die. */
import { encodeFrame } from "../../../lib/transport/frame.ts";
import type { Program, Spawner } from "../../../lib/mapreduce/jobs/spawner.ts";
import { JobModule } from "../../../lib/mapreduce/jobs/user/job_module.ts";
import { framesOf } from "../../../lib/mapreduce/jobs/user/sandbox_host.ts";
import { packPayload, SandboxKind } from "../../../lib/mapreduce/jobs/user/sandbox_frames.ts";

/** A stream that is written to. */
export class Pipe implements AsyncIterable<Uint8Array> {
  readonly #parts: Uint8Array[] = [];
  #hasEnded = false;
  #wake = () => {};

  write(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#wake();
  }

  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator]() {
    while (true) {
      const part = this.#parts.shift();
      if (part !== undefined) yield part;
      else if (this.#hasEnded) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

/** What a sandbox does that does not answer. */
export type Fate = "killed" | "silent" | "garbage" | "memory" | "noisy";

/** Starts sandboxes in this process. They run `job`, whatever they are told to load. */
export class FakeSandboxes implements Spawner {
  /** How many were started. */
  started = 0;
  /** How many were ended. */
  killed = 0;
  /** Payloads of MAP and REDUCE, as text. */
  readonly asked: string[] = [];
  readonly #job: unknown;
  readonly #fateOf: (payload: string) => Fate | undefined;

  /** @param fateOf what becomes of the process, given the payload of a request */
  constructor(job: unknown, fateOf: (payload: string) => Fate | undefined = () => undefined) {
    this.#job = job;
    this.#fateOf = fateOf;
  }

  shell(): Program {
    throw new Error("no shell here");
  }

  sandbox(): Program {
    this.started++;
    const input = new Pipe();
    const output = new Pipe();
    const errors = new Pipe();
    const { promise: ended, resolve } = Promise.withResolvers<{ code: number; signal: string }>();
    const end = () => {
      for (const pipe of [input, output, errors]) pipe.end();
      resolve({ code: 137, signal: "SIGKILL" });
    };
    void this.#answer(input, output, errors, end);
    return {
      write: (bytes) => Promise.resolve(input.write(bytes)),
      endInput: () => Promise.resolve(input.end()),
      ...{ output, errors, ended },
      kill: () => {
        this.killed++;
        end();
      },
    };
  }

  async #answer(input: Pipe, output: Pipe, errors: Pipe, end: () => void): Promise<void> {
    const job = new JobModule("job.ts", this.#job);
    const send = (kind: number, payload: Uint8Array) => output.write(encodeFrame(kind, payload));
    for await (const { kind, payload } of framesOf(input)) {
      if (kind === SandboxKind.Open) {
        send(SandboxKind.Ready, packPayload(job.ready));
        continue;
      }
      const text = new TextDecoder().decode(payload.subarray(4));
      this.asked.push(text);
      switch (this.#fateOf(text)) {
        case undefined:
          send(
            SandboxKind.Done,
            kind === SandboxKind.Map ? await job.map(payload) : await job.reduce(payload),
          );
          continue;
        case "killed":
          return end();
        case "noisy":
          errors.write(new TextEncoder().encode("thread panicked\n# Fatal out of memory\n"));
          return end();
        case "garbage":
          return output.write(new Uint8Array(5));
        case "memory":
          return send(
            SandboxKind.Died,
            packPayload({ message: "it took more than 1 MiB of memory" }),
          );
        case "silent":
          return;
      }
    }
  }
}
