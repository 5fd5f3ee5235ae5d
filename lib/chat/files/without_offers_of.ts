import type { ClientPart } from "../client_part.ts";
import type { FileExchange } from "./file_exchange.ts";
import { sayRejected } from "./receiver_says.ts";

/** The files of a client that rejects what some people offer, without a word to the person here. */
export function withoutOffersOf(
  isIgnored: (author: number) => boolean,
  files: Pick<FileExchange, "handlersFor" | "ready">,
): ClientPart {
  return {
    handlersFor(connection) {
      const handlers = files.handlersFor(connection);
      return {
        ...handlers,
        offered(offered) {
          if (!isIgnored(offered.author)) return handlers.offered(offered);
          sayRejected({ connection, transfer: offered.transfer }, "rejected");
        },
      };
    },
    ready: (connection) => files.ready(connection),
  };
}
