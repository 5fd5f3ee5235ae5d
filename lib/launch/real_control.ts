/** Asking runs of the same user, over sockets that only this user can open. */
import type { ControlServer } from "./launch_host.ts";

/** Longest request or answer, in bytes. */
const MAX_BYTES = 8 * 1024 * 1024;

/** How long an answer may take, in milliseconds. */
const ANSWER_MS = 5000;

const encoder = new TextEncoder();

/** The first line that comes. @throws {Error} when none does */
async function readLine(conn: Deno.Conn): Promise<unknown> {
  let text = "";
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  while (!text.includes("\n") && text.length < MAX_BYTES) {
    const size = await conn.read(buffer);
    if (size === null) break;
    text += decoder.decode(buffer.subarray(0, size), { stream: true });
  }
  return JSON.parse(text);
}

async function writeLine(conn: Deno.Conn, value: unknown): Promise<void> {
  const bytes = encoder.encode(`${JSON.stringify(value)}\n`);
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/**
 * Listens on a socket whose name has the number of this process: one that is there already is left of a
 * process that had the same number and was killed.
 */
function listenAlone(path: string): Deno.UnixListener {
  try {
    return Deno.listen({ transport: "unix", path });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    Deno.removeSync(path);
    return Deno.listen({ transport: "unix", path });
  }
}

/** See `LaunchHost`. */
export function serveControl(
  path: string,
  answer: (request: unknown) => unknown,
): ControlServer {
  Deno.mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true, mode: 0o700 });
  const listener = listenAlone(path);
  const serve = async (conn: Deno.Conn) => {
    try {
      await writeLine(conn, answer(await readLine(conn)));
    } catch {
      // Whoever asked has gone, or asked nothing.
    } finally {
      conn.close();
    }
  };
  const run = async () => {
    for await (const conn of listener) void serve(conn);
  };
  run().catch(() => {}); // it was closed
  return {
    close() {
      listener.close();
      try {
        Deno.removeSync(path);
      } catch {
        // Some versions of the runtime remove it themselves.
      }
    },
  };
}

/** See `LaunchHost`. */
export async function askControl(path: string, request: unknown): Promise<unknown> {
  let conn: Deno.Conn;
  try {
    conn = await Deno.connect({ transport: "unix", path });
  } catch (error) {
    // Nobody listens any more: it was killed.
    if (error instanceof Deno.errors.ConnectionRefused) await Deno.remove(path).catch(() => {});
    return undefined;
  }
  const timer = setTimeout(() => conn.close(), ANSWER_MS);
  try {
    await writeLine(conn, request);
    return await readLine(conn);
  } catch {
    throw new Error(`Cannot ask the run at ${path}: it does not answer`);
  } finally {
    clearTimeout(timer);
    try {
      conn.close();
    } catch {
      // It was late.
    }
  }
}

/** See `LaunchHost`. */
export async function listControls(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) if (name.endsWith(".sock")) names.push(name);
  } catch {
    return []; // nothing was ever started
  }
  return names.sort().map((name) => `${folder}/${name}`);
}
