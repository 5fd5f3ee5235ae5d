import type { EntryCodec } from "../transport/session/state_content.ts";
import type { Sample } from "./sample_sender.ts";

/** Bytes of a sample in a spool. */
const BYTES = 12;

/** How samples stand in a spool: time i64, steps of the client's clock u32. */
export const sampleCodec: EntryCodec<Sample> = {
  encode({ timeUs, clientSteps }) {
    const bytes = new Uint8Array(BYTES);
    const data = new DataView(bytes.buffer);
    data.setBigInt64(0, BigInt(timeUs));
    data.setUint32(8, clientSteps);
    return bytes;
  },
  decode(bytes) {
    if (bytes.length !== BYTES) {
      throw new RangeError(`Cannot read a sample of ${bytes.length} bytes`);
    }
    const data = new DataView(bytes.buffer, bytes.byteOffset);
    return { timeUs: Number(data.getBigInt64(0)), clientSteps: data.getUint32(8) };
  },
};
