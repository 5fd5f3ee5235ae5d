import { cutText } from "../../log/cut_text.ts";
import type { Machine } from "../hosts/machine.ts";
import { executableKind, fits } from "./executable_kind.ts";
import { HostError, HostProblem } from "./host_error.ts";
import type { LineSource } from "./line_source.ts";
import type { Mutex } from "./mutex.ts";
import type { ExecutableFile } from "./programs.ts";
import type { RemoteSession } from "./remote_session.ts";

/** Longest word of a machine that is handed on, in characters. */
const MAX_WORD_CHARS = 300;

/** What {@linkcode placeExecutable} is given. */
export interface PlaceParts {
  readonly machine: Machine;
  /** Names the account over there: one writes to it at a time. */
  readonly account: string;
  readonly executable: ExecutableFile;
  /** A session that runs `placeScript`, and what it writes. */
  readonly session: RemoteSession;
  readonly lines: LineSource;
  readonly uploads: Mutex;
}

/** What has been done. */
export interface Placement {
  /** Bytes that were sent; 0 when it was there. */
  readonly sentBytes: number;
  /** Where it is. What the machine says, so not to be printed as it is. */
  readonly path: string;
}

/**
 * Sees that an executable is in its place on a machine; sends it where it is not.
 *
 * @throws {HostError}
 */
export async function placeExecutable(parts: PlaceParts): Promise<Placement> {
  const talk = new Talk(parts);
  const hello = /^hello (\S{1,64}) (\S{1,64}) (have|need) (.{1,4096})$/.exec(await talk.answer());
  if (hello === null) throw talk.problem(HostProblem.Other, "it says what was not asked");
  const [, os = "", arch = "", state, place = ""] = hello;
  const path = `${place}/tram`;
  if (state === "have") return { sentBytes: 0, path };
  const { executable, uploads, account } = parts;
  if (!fits(executableKind(executable.head), { os, arch })) {
    const { os: ownOs, arch: ownArch } = executableKind(executable.head);
    throw talk.problem(
      HostProblem.Unfit,
      `it is ${os} on ${arch}, and ${executable.path} is for ${ownOs} on ${ownArch ?? "others"}; ` +
        'make one for it by "deno task compile --target", and name it by --executable',
    );
  }
  const turn = await uploads.enter(account);
  try {
    // Somebody else may have brought it meanwhile, under another name of the same account.
    if (turn.hasWaited && await talk.ask("check") === "have") return { sentBytes: 0, path };
    await talk.send(executable);
    return { sentBytes: executable.sizeBytes, path };
  } finally {
    turn.leave();
  }
}

/** Sees that the executable in its place runs. @throws {HostError} */
export async function tryExecutable(parts: PlaceParts): Promise<void> {
  const talk = new Talk(parts);
  if (await talk.ask("try") !== "works") {
    throw talk.problem(HostProblem.Other, "it says what was not asked");
  }
}

/** Questions and answers. */
class Talk {
  readonly #parts: PlaceParts;

  constructor(parts: PlaceParts) {
    this.#parts = parts;
  }

  problem(problem: HostProblem, line: string): HostError {
    const { name } = this.#parts.machine;
    return new HostError(problem, name, `Cannot deploy to ${name}: ${line}`);
  }

  async ask(verb: string): Promise<string> {
    await this.#write(new TextEncoder().encode(`${verb}\n`));
    return await this.answer();
  }

  /** The next line. @throws {HostError} when it says that something failed, or there is none */
  async answer(): Promise<string> {
    let line: string | undefined;
    try {
      line = await this.#parts.lines.line();
    } catch {
      throw this.problem(HostProblem.Other, "it says what was not asked");
    }
    if (line === undefined) throw this.problem(HostProblem.Lost, "the connection was lost");
    const match = /^failed (\w+) ?(.*)$/.exec(line);
    if (match !== null) throw this.#failure(match[1] ?? "", match[2] ?? "");
    return line;
  }

  /** Sends all bytes, and hears whether they are there. @throws {HostError} */
  async send(executable: ExecutableFile): Promise<void> {
    await this.#write(new TextEncoder().encode("take\n"));
    const answer = this.answer();
    answer.catch(() => {}); // thrown below
    let isAnswered = false;
    const onAnswer = () => {
      isAnswered = true;
    };
    answer.then(onAnswer, onAnswer);
    for await (const chunk of executable.read()) {
      // Who has failed does not read on, and says why.
      if (isAnswered) break;
      await Promise.race([this.#write(chunk), answer]);
    }
    if (await answer !== "stored") {
      throw this.problem(HostProblem.Other, "it says what was not asked");
    }
  }

  /** What cannot be written is no matter: what the other side says about it is. */
  async #write(bytes: Uint8Array): Promise<void> {
    await this.#parts.session.write(bytes).catch(() => {});
  }

  #failure(what: string, said: string): HostError {
    const text = cutText(said, MAX_WORD_CHARS);
    switch (what) {
      case "write":
        if (/No space left|quota exceeded|file system (?:is )?full/i.test(said)) {
          return this.problem(HostProblem.DiskFull, `its disk is full: ${text}`);
        }
        return this.problem(HostProblem.NoPermission, `it cannot be written there: ${text}`);
      case "cut":
        return this.problem(HostProblem.Lost, `it did not arrive whole: ${text}`);
      case "verify":
        return this.problem(HostProblem.Other, `what arrived is not what was sent: ${text}`);
      case "run":
        return this.problem(HostProblem.Unfit, `it is there and does not run: ${text}`);
      default:
        return this.problem(HostProblem.Other, text);
    }
  }
}
