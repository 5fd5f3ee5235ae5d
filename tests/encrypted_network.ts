import type { Address, ByteStream, Network, StreamListener } from "../lib/transport/network.ts";

/** A network that says to be encrypted; it shares the places to listen on with another one. */
export class EncryptedNetwork implements Network {
  readonly isEncrypted = true;
  readonly #inner: Network;

  constructor(inner: Network) {
    this.#inner = inner;
  }

  listen(address: Address): StreamListener {
    return this.#inner.listen(address);
  }

  connect(address: Address, signal: AbortSignal): Promise<ByteStream> {
    return this.#inner.connect(address, signal);
  }
}
