import { formatBytes } from "../../terminal/format_bytes.ts";
import type { FileEvent } from "../chat_event.ts";

/** What happens to a file, in words; none for what a status line shows. Not safe to print yet. */
export function renderFile(event: FileEvent): string[] {
  const { direction, number, state, peer, name, size, path, resumedFrom, message, code } = event;
  const isIn = direction === "in";
  const what = `file ${number}, ${name} (${formatBytes(size)})`;
  switch (state) {
    case "offered":
      return isIn
        ? [`${peer} offers ${what}: !accept ${number} or !reject ${number}`]
        : [`offered to ${peer}: ${what}`];
    case "started": {
      const from = resumedFrom === undefined || resumedFrom === 0
        ? ""
        : `, going on from ${formatBytes(resumedFrom)}`;
      return [
        isIn ? `receiving from ${peer}: ${what}${from}` : `sending to ${peer}: ${what}${from}`,
      ];
    }
    case "progress":
      return [];
    case "done":
      return isIn
        ? [`received from ${peer}: ${what}${path === undefined ? "" : ` as ${path}`}`]
        : [`${peer} has ${what}`];
    case "stopped":
      return [
        `stopped: ${what}, ${isIn ? "from" : "to"} ${peer}: ${message ?? code ?? "no reason"}`,
      ];
  }
}
