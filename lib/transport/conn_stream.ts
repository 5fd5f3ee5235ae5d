import { giveWay } from "./give_way.ts";
import type { Address, ByteStream } from "./network.ts";

/** What TCP and TLS connections of Deno have in common. */
interface Conn {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
}

/**
 * A stream out of a connection of Deno.
 *
 * @param onReadError what to make of an error of a read: an end of the stream, or another error
 */
export function connStream(
  conn: Conn,
  peer: Address,
  onReadError?: (error: unknown) => null,
): ByteStream {
  let isOpen = true;
  let abandonWrite: ((cause: Error) => void) | undefined;
  return {
    peer,
    read: onReadError === undefined
      ? (into) => conn.read(into)
      : (into) => conn.read(into).catch(onReadError),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        abandonWrite = reject;
        conn.write(bytes).then(resolve, reject);
      }),
    giveWay,
    closeWrite: () => conn.closeWrite(),
    close() {
      if (isOpen) conn.close();
      isOpen = false;
      // Deno 2.4 leaves a write that waits for the peer pending, until the peer is gone too.
      abandonWrite?.(new Error("operation canceled"));
    },
  };
}
