/** `tuneListener()` on real sockets; what it sets shows in `tls_network_test.ts`, too. */
import assert from "node:assert/strict";
import { tcpNetwork } from "../../../lib/transport/tcp_network.ts";
import { tuneListener } from "../../../lib/transport/tls/tune_listener.ts";
import { networkWith } from "../../transport/tls/test_certificates.ts";
import { wait } from "../processes.ts";

/** Many times what it takes. */
const DEADLINE_MS = 20_000;

const isLinux = Deno.build.os === "linux";

/** The inode of the server's end of a connection on this machine, as the system lists it. */
function inodeOf(serverPort: number, clientPort: number): string | undefined {
  const portOf = (address = "") => parseInt(address.split(":")[1] ?? "", 16);
  const lines = Deno.readTextFileSync("/proc/net/tcp").split("\n");
  return lines.map((line) => line.trim().split(/\s+/)).find((words) =>
    portOf(words[1]) === serverPort && portOf(words[2]) === clientPort
  )?.[9];
}

/** Whether this process has a socket open. */
function hasSocket(inode: string): boolean {
  return [...Deno.readDirSync("/proc/self/fd")].some(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`) === `socket:[${inode}]`;
    } catch {
      return false; // it was that of the folder
    }
  });
}

Deno.test({
  name: "tuneListener() frees the socket of a peer that reads nothing after close()",
  ignore: !isLinux,
  async fn() {
    const network = networkWith();
    const listener = network.listen({ host: "127.0.0.1", port: 0 });
    assert(tuneListener(listener.address.port, 500));
    const accepting = listener.accept();
    const client = await network.connect(listener.address, AbortSignal.timeout(DEADLINE_MS));
    const served = await accepting;
    assert(served !== undefined);
    const inode = inodeOf(listener.address.port, served.peer.port) ?? "";
    assert(hasSocket(inode));
    let isFull = false;
    const writing = (async () => {
      const bytes = new Uint8Array(256 * 1024);
      try {
        for (;;) {
          const written = served.write(bytes);
          const late = wait(300).then(() => isFull = true);
          await Promise.race([written, late]);
          await written;
        }
      } catch {
        // it was closed
      }
    })();
    for (let waitedMs = 0; !isFull && waitedMs < DEADLINE_MS; waitedMs += 50) await wait(50);
    assert(isFull, "the peer takes no more");
    served.close();
    await writing;
    for (let waitedMs = 0; hasSocket(inode) && waitedMs < DEADLINE_MS; waitedMs += 50) {
      await wait(50);
    }
    assert(!hasSocket(inode));
    client.close();
    listener.close();
  },
});

Deno.test("tuneListener() finds only what listens, on its port", async () => {
  const listener = tcpNetwork.listen({ host: "127.0.0.1", port: 0 });
  const { port } = listener.address;
  assert.equal(tuneListener(port), isLinux || Deno.build.os === "darwin");
  const client = await tcpNetwork.connect(listener.address, AbortSignal.timeout(DEADLINE_MS));
  const served = await listener.accept();
  listener.close();
  assert(!tuneListener(port), "what it accepted is still there");
  client.close();
  served?.close();
  assert(!tuneListener(1));
});

Deno.test({
  name: "tuneListener() asks nobody for the right to call the system",
  permissions: { ffi: false, net: true },
  fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { dlopen } = Deno;
    let calls = 0;
    Object.assign(Deno, {
      dlopen() {
        calls++; // it would ask in a terminal
        throw new Deno.errors.NotCapable("no");
      },
    });
    try {
      assert(!tuneListener(listener.addr.port));
    } finally {
      Object.assign(Deno, { dlopen });
    }
    assert.equal(calls, 0);
  },
});
