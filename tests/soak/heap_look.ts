/**
 * Loaded into a server of a soak ahead of tram: collects its garbage once in a while and writes how
 * many bytes of its heap are alive into a file that has the number of the process in its name. That of
 * the main thread; what a thread of a store has shows in the memory of the process alone.
 */

const EVERY_MS = 30_000;

const folder = Deno.env.get("SOAK_HEAP");
const { gc } = globalThis as { gc?: () => void };
if (folder !== undefined && gc !== undefined) {
  const timer = setInterval(() => {
    gc();
    const path = `${folder}/${Deno.pid}`;
    Deno.writeTextFileSync(`${path}.part`, String(Deno.memoryUsage().heapUsed));
    Deno.renameSync(`${path}.part`, path);
  }, EVERY_MS);
  Deno.unrefTimer(timer); // it keeps nobody from ending
}
