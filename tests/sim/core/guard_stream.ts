import type { ByteStream, StreamListener } from "../../../lib/transport/network.ts";
import type { SimProcess } from "./sim_process.ts";

/** A stream as a process sees it that may be stopped or killed. */
export function guardStream(process: SimProcess, stream: ByteStream): ByteStream {
  return {
    peer: stream.peer,
    read: (into) => process.guard(stream.read(into)),
    write: (bytes) => {
      process.machine.sim.digest(process.machine.name, bytes);
      return process.guard(stream.write(bytes));
    },
    closeWrite: () => process.guard(stream.closeWrite()),
    close: () => {
      if (!process.isDead) stream.close();
    },
  };
}

/** A listener as a process sees it that may be stopped or killed. */
export function guardListener(process: SimProcess, listener: StreamListener): StreamListener {
  return {
    address: listener.address,
    accept: async () => {
      const stream = await process.guard(listener.accept());
      return stream && guardStream(process, stream);
    },
    close: () => listener.close(),
  };
}
