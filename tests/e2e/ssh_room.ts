/**
 * A real sshd on this machine for tests, with keys of its own: it listens on 127.0.0.1 only, and is
 * ended by its id. Debian: openssh-server.
 */

/** Where sshd is, on Debian and elsewhere. */
const SSHD = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"];

/** Longest time for sshd to listen, in milliseconds. */
const START_MS = 10_000;

/** Why there can be no {@linkcode SshRoom} here, or `undefined`. */
export function sshAbsence(): string | undefined {
  return SSHD.some(isFile) ? undefined : "there is no sshd; Debian: openssh-server";
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** How a room is set up. */
export interface SshRoomOptions {
  /** Aliases of the one machine, for `ssh -F`. @default {["node1", "node2"]} */
  readonly aliases?: readonly string[];
  /** Further settings of sshd, a line each. Its defaults are kept otherwise. */
  readonly sshd?: readonly string[];
  /** Variables that commands over there have. */
  readonly env?: Readonly<Record<string, string>>;
  /** Address to listen on. @default {"127.0.0.1"} */
  readonly address?: string;
  /** Port to listen on. @default {one that is free} */
  readonly port?: number;
  /** Program, and its arguments, that starts sshd where it shall be. @default {none} */
  readonly wrap?: readonly string[];
}

/** A machine that is reached by ssh, under several names. */
export class SshRoom implements AsyncDisposable {
  readonly folder: string;
  readonly address: string;
  readonly port: number;
  /** For `ssh -F`. */
  readonly configFile: string;
  /** Where commands over there put what they keep (`XDG_CACHE_HOME`). */
  readonly cache: string;
  readonly #sshd: Deno.ChildProcess;
  /** A wrapper may not hand SIGTERM on. */
  readonly #isWrapped: boolean;
  readonly #log: Promise<string>;

  private constructor(
    parts: Pick<SshRoom, "folder" | "address" | "port" | "cache"> & {
      sshd: Deno.ChildProcess;
      isWrapped: boolean;
    },
  ) {
    ({ folder: this.folder, address: this.address, port: this.port, cache: this.cache } = parts);
    this.configFile = `${parts.folder}/config`;
    this.#sshd = parts.sshd;
    this.#isWrapped = parts.isWrapped;
    this.#log = new Response(parts.sshd.stderr).text();
  }

  /** Number of the process of sshd. */
  get pid(): number {
    return this.#sshd.pid;
  }

  /** What sshd has written to its log; ends it. */
  async log(): Promise<string> {
    await this.#end();
    return await this.#log;
  }

  /** Starts sshd, and waits until it listens. */
  static async open(
    options: SshRoomOptions = {},
  ): Promise<SshRoom> {
    const { aliases = ["node1", "node2"], sshd: lines = [], env = {}, wrap = [] } = options;
    const { address = "127.0.0.1" } = options;
    const folder = await Deno.makeTempDir({ prefix: "tram-ssh-" });
    const cache = `${folder}/cache`;
    await Deno.mkdir(cache);
    await keygen(`${folder}/host`);
    await keygen(`${folder}/user`);
    await Deno.copyFile(`${folder}/user.pub`, `${folder}/authorized_keys`);
    if (Deno.uid() === 0) await Deno.mkdir("/run/sshd", { recursive: true });
    const port = options.port ?? freePort(address);
    const variables = Object.entries({ XDG_CACHE_HOME: cache, ...env });
    await Deno.writeTextFile(
      `${folder}/sshd_config`,
      [
        `ListenAddress ${address}:${port}`,
        `HostKey ${folder}/host`,
        `AuthorizedKeysFile ${folder}/authorized_keys`,
        "PidFile none",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        // The folder is the user's own, but what it lies in may be anybody's.
        "StrictModes no",
        `SetEnv ${variables.map(([name, value]) => `${name}="${value}"`).join(" ")}`,
        ...lines,
        "",
      ].join("\n"),
    );
    // Port 22 has no brackets in this file.
    const known = port === 22 ? address : `[${address}]:${port}`;
    const hostKey = (await Deno.readTextFile(`${folder}/host.pub`)).split(" ").slice(0, 2).join(
      " ",
    );
    await Deno.writeTextFile(`${folder}/known_hosts`, `${known} ${hostKey}\n`);
    await Deno.writeTextFile(`${folder}/config`, clientConfig(folder, address, port, aliases));
    const [program = "", ...args] = [
      ...wrap,
      ...[SSHD.find(isFile) ?? "sshd", "-D", "-e", "-f", `${folder}/sshd_config`],
    ];
    const sshd = new Deno.Command(program, {
      args,
      ...{ stdin: "null", stdout: "null", stderr: "piped" },
    }).spawn();
    const room = new SshRoom({
      ...{ folder, address, port, cache, sshd },
      isWrapped: wrap.length > 0,
    });
    await room.#listens();
    return room;
  }

  /** Adds hosts to the settings of ssh. */
  async configure(text: string): Promise<void> {
    await Deno.writeTextFile(this.configFile, text, { append: true });
  }

  /** Writes a list of machines, and says where it is. */
  async list(text: string): Promise<string> {
    const path = `${this.folder}/${crypto.randomUUID()}.hosts`;
    await Deno.writeTextFile(path, text);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    await this.#log;
    await Deno.remove(this.folder, { recursive: true });
  }

  async #listens(): Promise<void> {
    for (const endMs = Date.now() + START_MS; Date.now() < endMs;) {
      try {
        (await Deno.connect({ hostname: this.address, port: this.port })).close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    throw new Error(`sshd does not listen: ${await this.log()}`);
  }

  async #end(): Promise<void> {
    try {
      this.#sshd.kill(this.#isWrapped ? "SIGKILL" : "SIGTERM");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
    await this.#sshd.status;
  }
}

function clientConfig(
  folder: string,
  address: string,
  port: number,
  aliases: readonly string[],
): string {
  return [
    `Host ${aliases.join(" ")}`,
    `  HostName ${address}`,
    `  Port ${port}`,
    "Host *",
    `  IdentityFile ${folder}/user`,
    "  IdentitiesOnly yes",
    "  IdentityAgent none",
    `  UserKnownHostsFile ${folder}/known_hosts`,
    "  GlobalKnownHostsFile none",
    "  UpdateHostKeys no",
    "",
  ].join("\n");
}

async function keygen(path: string): Promise<void> {
  const { success } = await new Deno.Command("ssh-keygen", {
    args: ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path],
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).output();
  if (!success) throw new Error(`Cannot make a key: ssh-keygen failed for ${path}`);
}

/** A port that was free a moment ago. */
function freePort(hostname: string): number {
  using listener = Deno.listen({ hostname, port: 0 });
  return listener.addr.port;
}
