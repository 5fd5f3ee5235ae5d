/**
 * How long 16 machines take to get an executable and to run it, beside `pssh`: each is an sshd of its
 * own at an address of its own on this machine, so all of them share its cores.
 */
import { SshRoom } from "../tests/e2e/ssh_room.ts";
import { denoRun, runProgram } from "./child.ts";
import { interleave } from "./interleave.ts";
import { type Bench, judge, type Sample, type Target } from "./report.ts";

const MACHINES = 16;
const QUICK_MACHINES = 4;

/** About as large as tram is. */
const SIZE_BYTES = 100 * 1024 * 1024;
const QUICK_SIZE_BYTES = 10 * 1024 * 1024;

const TIMEOUT_MS = 300_000;

const FIRST = "bring it and run it";
/** Tram looks whether it is there, whole; pssh does not look, it runs it. */
const AGAIN = "it is there already";

const TARGETS: readonly Target[] = [FIRST, AGAIN].map((row) => ({
  row,
  ...{ contestant: "tram", against: "pssh" },
  ...{ relation: "times", sense: "at most", limit: 1 },
}));

/** Machines, and what leads to them. */
interface Park extends AsyncDisposable {
  readonly rooms: readonly SshRoom[];
  /** For `ssh -F`. */
  readonly configFile: string;
  /** A name a line. */
  readonly list: string;
  /** What is brought. */
  readonly executable: string;
}

async function openPark(count: number, sizeBytes: number): Promise<Park> {
  await using stack = new AsyncDisposableStack();
  const rooms: SshRoom[] = [];
  for (let i = 0; i < count; i++) {
    rooms.push(stack.use(await SshRoom.open({ aliases: [`n${i}`], address: `127.0.0.${i + 2}` })));
  }
  const folder = await Deno.makeTempDir({ prefix: "tram-bench-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const config = rooms.map(({ address, port, folder }, i) =>
    `Host n${i}\n  HostName ${address}\n  Port ${port}\n  IdentityFile ${folder}/user\n` +
    `  UserKnownHostsFile ${folder}/known_hosts\n  IdentitiesOnly yes\n  IdentityAgent none\n`
  );
  const [configFile, list, executable] = [`${folder}/config`, `${folder}/list`, `${folder}/tool`];
  await Deno.writeTextFile(configFile, config.join(""));
  await Deno.writeTextFile(list, rooms.map((_, i) => `n${i}\n`).join(""));
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < bytes.length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  bytes.set(new TextEncoder().encode("#!/bin/sh\necho it runs\nexit 0\n"));
  await Deno.writeFile(executable, bytes, { mode: 0o755 });
  const held = stack.move();
  return { rooms, configFile, list, executable, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** How to start tram: the executable that TRAM_BIN names, else from source. */
function tram(...args: readonly string[]): readonly [string, readonly string[]] {
  const named = Deno.env.get("TRAM_BIN");
  return named ? [named, args] : [Deno.execPath(), denoRun("../cli.ts", ...args)];
}

async function timed(program: string, args: readonly string[]): Promise<Sample> {
  const startMs = performance.now();
  const { isSuccess, output } = await runProgram(program, args, { timeoutMs: TIMEOUT_MS });
  if (!isSuccess) throw new Error(`Cannot run ${program}: ${output.trim().split("\n").at(-1)}`);
  return { value: (performance.now() - startMs) / 1000, details: {} };
}

/** Brings the executable, and runs it where it had to be brought. */
async function tramDeploys({ configFile, list, executable }: Park): Promise<Sample> {
  const args = ["--machines", list, "--ssh-config", configFile, "--config", "none"];
  return await timed(...tram("launch", "deploy", ...args, "--executable", executable));
}

/** The same in one session each: `cat`, as there is nothing that compares. */
async function psshRuns({ configFile, list, executable }: Park, brings: boolean): Promise<Sample> {
  const place = '"$XDG_CACHE_HOME/tool"';
  const bring = brings ? `cat > ${place} && chmod 700 ${place} && ` : "";
  const pssh = `parallel-ssh ${brings ? "-I" : ""} -p ${MACHINES} -t 0 -h '${list}' ` +
    `-x '-F ${configFile}' '${bring}${place} --version'`;
  return await timed("sh", ["-c", brings ? `${pssh} < '${executable}'` : pssh]);
}

async function forget({ rooms }: Park): Promise<void> {
  for (const { cache } of rooms) {
    await Deno.remove(cache, { recursive: true });
    await Deno.mkdir(cache);
  }
}

/** The launch bench. */
export const launch: Bench = async (options) => {
  const count = options.isQuick ? QUICK_MACHINES : MACHINES;
  await using park = await openPark(count, options.isQuick ? QUICK_SIZE_BYTES : SIZE_BYTES);
  const hasPssh =
    (await runProgram("parallel-ssh", ["--version"], { timeoutMs: 10_000 })).isSuccess;
  const absence = hasPssh ? undefined : "no parallel-ssh; Debian: pssh";
  const bringing = await interleave(FIRST, "s", [
    { name: "tram", run: async () => (await forget(park), await tramDeploys(park)) },
    { name: "pssh", absence, run: async () => (await forget(park), await psshRuns(park, true)) },
  ], options);
  await tramDeploys(park);
  if (hasPssh) await psshRuns(park, true);
  const again = await interleave(AGAIN, "s", [
    { name: "tram", run: () => tramDeploys(park) },
    { name: "pssh", absence, run: () => psshRuns(park, false) },
  ], options);
  const measurements = [...bringing, ...again];
  return {
    bench: "launch",
    question: `seconds until ${count} machines on one have an executable of ${
      (options.isQuick ? QUICK_SIZE_BYTES : SIZE_BYTES) / 1024 / 1024
    } MiB and have run it`,
    measurements,
    verdicts: judge(TARGETS, measurements),
  };
};
