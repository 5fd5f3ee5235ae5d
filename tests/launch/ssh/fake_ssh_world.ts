/** Machines that are functions: what a test wants ssh to do, without a process. */
import type { ExecutableFile, RunningProgram, SshWorld } from "../../../lib/launch/ssh/programs.ts";

/** What a machine does with a script. */
export interface FakeRun {
  /** Exit code. @default {0} */
  readonly code?: number;
  readonly output?: string;
  readonly errors?: string;
  /** Whether the script begins at all; else this is what ssh itself says. @default {true} */
  readonly begins?: boolean;
  /** Ends only when it is killed. */
  readonly hangs?: boolean;
}

/** What a test says about a connection. */
export type FakeAnswer = (host: string, script: string) => FakeRun;

/** A world in which `ssh` is a function. */
export class FakeSshWorld implements SshWorld {
  /** What each host does; nobody knows the hosts at first. */
  answer: FakeAnswer = (host) => ({
    ...{ begins: false, code: 255 },
    errors: `ssh: Could not resolve hostname ${host}: Name or service not known\n`,
  });
  /** What `ssh -G` says about a host: its address and port. */
  address: (host: string) => string = (host) => `${host} 22`;
  /** Whether there is a program `ssh`. */
  hasSsh = true;
  ownExecutable: string | undefined;
  /** Arguments of all that was started, but for `ssh -G`. */
  readonly started: (readonly string[])[] = [];
  /** Hosts whose connections hung and were ended. */
  readonly killed: string[] = [];

  random(): number {
    return 0.5;
  }

  openExecutable(path: string): Promise<ExecutableFile> {
    return Promise.reject(new Error(`Cannot read the executable ${path}: there is no such file`));
  }

  start(program: string, args: readonly string[]): RunningProgram {
    if (!this.hasSsh) throw new Deno.errors.NotFound("entity not found");
    const host = args[args.indexOf("--") + 1] ?? "";
    if (args[0] === "-G") {
      const [hostname, port] = this.address(host).split(" ");
      return this.#program(host, { output: `user ada\nhostname ${hostname}\nport ${port}\n` });
    }
    this.started.push([program, ...args]);
    const script = decodeScript(args.at(-1) ?? "");
    const run = this.answer(host, script);
    const [, mark = ""] = /printf '%s\\n' (tram-\S+)/.exec(script) ?? [];
    const begun = run.begins ?? true ? `${mark}\n` : "";
    return this.#program(host, {
      ...run,
      output: `${begun}${run.output ?? ""}`,
      errors: begun === "" ? run.errors ?? "" : `Welcome!\n${begun}${run.errors ?? ""}`,
    });
  }

  #program(host: string, { code = 0, output = "", errors = "", hangs = false }: FakeRun) {
    const ended = Promise.withResolvers<number>();
    let isKilled = false;
    if (!hangs) ended.resolve(code);
    return {
      write: () => Promise.resolve(),
      endInput: () => Promise.resolve(),
      output: streamOf(output, ended.promise),
      errors: streamOf(errors, ended.promise),
      ended: ended.promise,
      kill: () => {
        if (hangs && !isKilled) this.killed.push(host);
        isKilled = true;
        ended.resolve(137);
      },
    };
  }
}

async function* streamOf(text: string, ended: Promise<unknown>): AsyncGenerator<Uint8Array> {
  if (text !== "") yield new TextEncoder().encode(text);
  await ended;
}

/** The script within what `anyShellCommand` made. */
function decodeScript(commandLine: string): string {
  const [, encoded = ""] = /' '([^']*)'$/.exec(commandLine) ?? [];
  const bytes = encoded.replace(
    /\\0([0-7]{3})/g,
    (_, octal) => String.fromCharCode(parseInt(octal, 8)),
  );
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
