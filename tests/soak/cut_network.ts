import type { Address, ByteStream, Network } from "../../lib/transport/network.ts";
import { tcpNetwork } from "../../lib/transport/tcp_network.ts";

/** TCP whose lines can be cut: both sides see an end without a goodbye. */
export class CutNetwork implements Network {
  readonly isEncrypted = false;
  #stream: ByteStream | undefined;

  /** @throws {TypeError} always: it is for clients */
  listen(): never {
    throw new TypeError("Cannot listen here: this network is for clients");
  }

  /** As `tcpNetwork` does. */
  async connect(address: Address, signal: AbortSignal): Promise<ByteStream> {
    return this.#stream = await tcpNetwork.connect(address, signal);
  }

  /** Cuts the newest line. */
  cut(): void {
    this.#stream?.close();
  }
}
