/** A way to a server that takes longer: a relay that holds all that comes for a while. */
import { wait } from "../e2e/processes.ts";

/** Opens one to a port here, and says at which port it is; ends when disposed. */
export function slowPath(port: number, delayMs: number): Disposable & { readonly port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const relay = async () => {
    for await (const near of listener) {
      const far = await Deno.connect({ hostname: "127.0.0.1", port });
      near.setNoDelay();
      far.setNoDelay();
      pass(near, far, delayMs);
      pass(far, near, delayMs);
    }
  };
  relay();
  return { port: listener.addr.port, [Symbol.dispose]: () => listener.close() };
}

async function pass(from: Deno.Conn, to: Deno.Conn, delayMs: number): Promise<void> {
  const writer = to.writable.getWriter();
  try {
    for await (const part of from.readable) {
      wait(delayMs).then(() => writer.write(part)).catch(() => {});
    }
    await wait(delayMs);
    await writer.close();
  } catch {
    await writer.abort().catch(() => {}); // one of the two hung up
  }
}
