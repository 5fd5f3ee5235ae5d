/** Subscribers of one subject, over a plain socket. */
import { type ChatPeer, countLineFeeds, readAll, TextWriter } from "./chat_peer.ts";
import { connectRaw } from "./peer.ts";

const SUBJECT = "bench";

/** The text protocol of NATS, as far as it is needed. */
export const nats: ChatPeer = {
  isEchoed: true,

  async join(port, name, onLines) {
    const conn = await connectRaw(port);
    const writer = new TextWriter(conn);
    const decoder = new TextDecoder();
    const entered = Promise.withResolvers<void>();
    let greeting = "";
    let isIn = false;
    let lineFeeds = 0;
    readAll(conn, (bytes) => {
      if (isIn) {
        // A message has two: one after its head, one after its payload.
        const before = lineFeeds >> 1;
        lineFeeds += countLineFeeds(bytes);
        return onLines((lineFeeds >> 1) - before);
      }
      greeting += decoder.decode(bytes, { stream: true });
      if (!greeting.includes("PONG")) return;
      isIn = true;
      entered.resolve();
    }).catch((error) => {
      entered.reject(error);
      throw error;
    });
    writer.write(
      `CONNECT {"verbose":false,"pedantic":false,"name":"${name}"}\r\nSUB ${SUBJECT} 1\r\nPING\r\n`,
    );
    await entered.promise;
    return { say: (text) => writer.write(`PUB ${SUBJECT} ${text.length}\r\n${text}\r\n`) };
  },
};
