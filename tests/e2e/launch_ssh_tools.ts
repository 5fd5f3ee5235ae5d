/** What tests of `tram launch` by ssh find and end, and whom they meet. */
import { type Ended, runTram } from "./processes.ts";
import type { SshRoom } from "./ssh_room.ts";

/** Runs `launch` on machines of a room. */
export async function launch(
  room: SshRoom,
  command: string,
  list: string,
  ...args: readonly string[]
): Promise<Ended> {
  return await runTram(await argsOf(room, command, list, args));
}

/** Arguments of that. */
export async function argsOf(
  room: SshRoom,
  command: string,
  list: string,
  args: readonly string[],
): Promise<string[]> {
  const path = await room.list(list);
  return ["launch", command, "--machines", path, "--ssh-config", room.configFile, ...args];
}

/** Numbers of processes that sleep for so long. Linux only. */
export function sleepers(seconds: string): number[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === Deno.pid) return [];
    try {
      const line = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
      return line === `sleep\0${seconds}\0` ? [pid] : [];
    } catch {
      return []; // it has ended
    }
  });
}

/** A number of seconds that nobody else sleeps. */
export function rareSeconds(): string {
  return `1000.${crypto.getRandomValues(new Uint32Array(1))[0]}`;
}

/** Writes an executable file. */
export async function executable(path: string, text: string): Promise<string> {
  await Deno.writeTextFile(path, text, { mode: 0o755 });
  return path;
}

/** Ends what `setsid` has made the leader of a group. */
export function killGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Numbers of the processes that this one has started. */
export function childrenOf(pid: number): number[] {
  return Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(
    Number,
  );
}

/** Takes connections and says nothing. */
export function tarpit(): AsyncDisposable & { readonly port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const conn of listener) conns.push(conn);
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const conn of conns) conn.close();
    },
  };
}

/** A host key that is not that of the room. */
export async function anotherKey(room: SshRoom): Promise<string> {
  return (await Deno.readTextFile(`${room.folder}/user.pub`)).split(" ").slice(0, 2).join(" ");
}
