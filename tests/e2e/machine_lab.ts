/**
 * Machines in a network of their own: network namespaces with an sshd each, joined by a bridge, and
 * with process tables of their own. They can be cut off and switched off. Linux, root; Debian:
 * iproute2, openssh-server.
 */
import { sshAbsence, SshRoom } from "./ssh_room.ts";

/** Why there can be no {@linkcode MachineLab} here, or `undefined`. */
export function labAbsence(): string | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "only root on Linux can make networks";
  return sshAbsence();
}

/** Machines in a network of their own. */
export class MachineLab implements AsyncDisposable {
  /** The machines `node1`, `node2`, …, each a room with this alias. */
  readonly rooms: readonly SshRoom[];
  /** For `ssh -F`: leads to all of them. */
  readonly configFile: string;
  /** Address of this machine in their network. */
  readonly address: string;
  readonly #folder: string;
  readonly #stack: AsyncDisposableStack;
  readonly #links: readonly string[];
  readonly #spaces: readonly string[];

  private constructor(
    parts: Pick<MachineLab, "rooms" | "configFile" | "address"> & {
      readonly folder: string;
      readonly stack: AsyncDisposableStack;
      readonly links: readonly string[];
      readonly spaces: readonly string[];
    },
  ) {
    ({ rooms: this.rooms, configFile: this.configFile, address: this.address } = parts);
    this.#folder = parts.folder;
    this.#stack = parts.stack;
    this.#links = parts.links;
    this.#spaces = parts.spaces;
  }

  /** Makes a network with so many machines, at most 250. */
  static async open(count: number): Promise<MachineLab> {
    await using stack = new AsyncDisposableStack();
    const id = crypto.randomUUID().slice(0, 6);
    const bridge = `tram${id}`;
    // 198.18.0.0/15 is for such networks (RFC 2544), and leads nowhere else.
    const net = `198.18.${crypto.getRandomValues(new Uint8Array(1))[0]}`;
    const address = `${net}.254`;
    await ip(`link add ${bridge} type bridge`);
    stack.defer(() => ip(`link del ${bridge}`));
    await ip(`addr add ${address}/24 dev ${bridge}`);
    await ip(`link set ${bridge} up`);
    const folder = await Deno.makeTempDir({ prefix: "tram-lab-" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const rooms: SshRoom[] = [];
    const links: string[] = [];
    const spaces: string[] = [];
    for (let i = 1; i <= count; i++) {
      const space = `tram-${id}-${i}`;
      const link = `tr${id}${i}`;
      await ip(`netns add ${space}`);
      stack.defer(() => ip(`netns del ${space}`));
      await ip(`link add ${link} type veth peer name eth0 netns ${space}`);
      await ip(`link set ${link} master ${bridge} up`);
      await ip(`-n ${space} addr add ${net}.${i}/24 dev eth0`);
      await ip(`-n ${space} link set eth0 up`);
      await ip(`-n ${space} link set lo up`);
      const unshare = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
      const runtime = `${folder}/runtime${i}`;
      await Deno.mkdir(runtime, { mode: 0o700 });
      const room = await SshRoom.open({
        ...{ aliases: [`node${i}`], address: `${net}.${i}`, port: 22 },
        env: { XDG_RUNTIME_DIR: runtime, TMPDIR: runtime },
        wrap: ["ip", "netns", "exec", space, ...unshare],
      });
      stack.use(room);
      rooms.push(room);
      links.push(link);
      spaces.push(space);
    }
    const configFile = `${folder}/config`;
    const configs = rooms.map(({ folder, address }, i) =>
      `Host node${i + 1}\n  HostName ${address}\n  IdentityFile ${folder}/user\n` +
      `  UserKnownHostsFile ${folder}/known_hosts\n  IdentitiesOnly yes\n  IdentityAgent none\n`
    );
    await Deno.writeTextFile(configFile, configs.join(""));
    return new MachineLab({
      rooms,
      configFile,
      address,
      folder,
      stack: stack.move(),
      links,
      spaces,
    });
  }

  /** Nothing gets to a machine any more, nor from it: it has vanished. @param number from 1 */
  async cutOff(number: number): Promise<void> {
    await ip(`link set ${this.#links[number - 1]} down`);
  }

  /** From now on nothing that a machine sends arrives, but what its sshd does. @param number from 1 */
  async onlySsh(number: number): Promise<void> {
    const space = this.#spaces[number - 1];
    // A way that ends nowhere: what goes there is for a neighbour who does not exist.
    await ip(`-n ${space} link add dark type veth peer name end`);
    await ip(`-n ${space} link set dark up`);
    await ip(`-n ${space} link set end up`);
    await ip(`-n ${space} neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev dark`);
    await ip(`-n ${space} route add default via 192.0.2.1 dev dark onlink table 100`);
    await ip(`-n ${space} rule add priority 1 iif lo ipproto tcp sport 22 lookup main`);
    await ip(`-n ${space} rule add priority 2 iif lo to 198.18.0.0/15 lookup 100`);
  }

  /** Folder in which guards of a machine have theirs (`XDG_RUNTIME_DIR`). @param number from 1 */
  runtime(number: number): string {
    return `${this.#folder}/runtime${number}`;
  }

  /** Ends all that runs on a machine, at once. @param number from 1 */
  switchOff(number: number): void {
    const room = this.rooms[number - 1];
    if (room !== undefined) Deno.kill(room.pid, "SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

async function ip(line: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args: line.split(" ") }).output();
  if (!success) throw new Error(`ip ${line}: ${new TextDecoder().decode(stderr).trim()}`);
}
