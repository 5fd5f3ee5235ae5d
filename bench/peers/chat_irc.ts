/** Members of an IRC channel, over a plain socket. */
import { type ChatPeer, countLineFeeds, readAll, TextWriter } from "./chat_peer.ts";
import { connectRaw } from "./peer.ts";

const CHANNEL = "#bench";

/** IRC (RFC 2812), as far as it is needed. */
export const irc: ChatPeer = {
  isEchoed: false,

  async join(port, name, onLines) {
    const conn = await connectRaw(port);
    const writer = new TextWriter(conn);
    const decoder = new TextDecoder();
    const entered = Promise.withResolvers<void>();
    let isWelcome = false;
    let isIn = false;
    let greeting = "";
    readAll(conn, (bytes) => {
      if (isIn) return onLines(countLineFeeds(bytes));
      greeting += decoder.decode(bytes, { stream: true });
      if (!isWelcome && / 001 /.test(greeting)) {
        isWelcome = true;
        writer.write(`JOIN ${CHANNEL}\r\n`);
      }
      // 366 ends the list of names: from then on there are lines, and the coming of others.
      if (!/ 366 /.test(greeting)) return;
      isIn = true;
      entered.resolve();
    }).catch((error) => {
      entered.reject(error);
      throw error;
    });
    writer.write(`NICK ${name}\r\nUSER ${name} 0 * :${name}\r\n`);
    await entered.promise;
    return { say: (text) => writer.write(`PRIVMSG ${CHANNEL} :${text}\r\n`) };
  },
};
