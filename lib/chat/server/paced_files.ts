import { LineError } from "../../transport/line_error.ts";
import type { FileDeskHandlers } from "../files/file_desk.ts";
import type { ChatMember } from "./member.ts";

/**
 * Handlers of files whose offers are no faster than lines: each may go to a whole room. All else about
 * files is bound by what was offered.
 *
 * @param run runs a step when it is its turn
 */
export function pacedFiles(
  files: FileDeskHandlers,
  { connection }: Pick<ChatMember, "connection">,
  run: (step: () => void) => void,
): FileDeskHandlers {
  return {
    ...files,
    offer: (offer) => run(() => files.offer(offer)),
    fileStop: (stop) => {
      if (stop.transfer !== 0) return files.fileStop(stop);
      run(() => { // after the offer that it ends
        try {
          files.fileStop(stop);
        } catch (error) {
          if (!(error instanceof LineError)) throw error;
          connection.abort(error.code, error.message);
        }
      });
    },
  };
}
