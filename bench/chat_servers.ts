/** The servers of the chat bench, each on a free port of this machine and ended with its bench. */
import { Child, denoRun } from "./child.ts";
import type { Build } from "./toolchains.ts";

const TIMEOUT_MS = 30_000;

/** A server that listens. Disposing of it ends it and takes its files away. */
export interface ChatServer extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

/** `tram chat serve` without a limit of pace, its store a file where `args` do not say otherwise. */
export async function startTram(...args: readonly string[]): Promise<ChatServer> {
  const folder = await Deno.makeTempDir({ prefix: "tram-bench-" });
  const child = new Child(
    Deno.execPath(),
    denoRun(
      "../cli.ts",
      ...["chat", "serve", "--port", "0", "--insecure", "--config", "none", "--pace", "0"],
      // Nobody reads on after the first line, and a full pipe would stop the server.
      ...["--log-level", "warn", "--max-clients", "20000", "--max-file", "2000GB"],
      ...(args.includes("--store") ? [] : ["--store", `${folder}/bench.sqlite`]),
      ...args,
    ),
  );
  return await serverOf(child, folder, async () => {
    return Number((await child.line(TIMEOUT_MS)).split(":").at(-1));
  });
}

/** ngIRCd without penalties and questions to others. */
export async function startNgircd(build: Build): Promise<ChatServer> {
  return await startPeer(build, ["-n", "-f"], (port) =>
    `[Global]
Name = bench.local
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = bench
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxPenaltyTime = 0
MaxNickLength = 20
PingTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
`);
}

/** nats-server, as it comes. */
export async function startNats(build: Build): Promise<ChatServer> {
  return await startPeer(build, ["-c"], (port) => `listen: "127.0.0.1:${port}"\n`);
}

async function startPeer(
  build: Build,
  args: readonly string[],
  configFor: (port: number) => string,
): Promise<ChatServer> {
  if (!("program" in build)) throw new Error(`Cannot start a server: ${build.absence}`);
  const folder = await Deno.makeTempDir({ prefix: "tram-bench-" });
  const port = freePort();
  const config = `${folder}/bench.conf`;
  await Deno.writeTextFile(config, configFor(port));
  const quiet = 'exec "$0" "$@" > /dev/null 2>&1';
  const child = new Child("sh", ["-c", quiet, build.program, ...args, config]);
  return await serverOf(child, folder, async () => {
    await answering(port);
    return port;
  });
}

/** Waits until a server listens; if it never does, it is ended. */
async function serverOf(
  child: Child,
  folder: string,
  listening: () => Promise<number>,
): Promise<ChatServer> {
  const end = async () => {
    await child[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  };
  try {
    return { port: await listening(), pid: child.pid, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function answering(port: number): Promise<void> {
  const untilMs = performance.now() + TIMEOUT_MS;
  for (;;) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (error) {
      if (performance.now() > untilMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
