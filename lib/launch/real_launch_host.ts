import { realProcessRoom } from "./guard/real_process_room.ts";
import { makeRunFolder } from "./guard/real_run_folder.ts";
import { hereLink } from "./here_link.ts";
import type { LaunchHost } from "./launch_host.ts";
import { askControl, listControls, serveControl } from "./real_control.ts";
import { openLogs } from "./real_log_folder.ts";

/** This machine. */
export const realLaunchHost: LaunchHost = {
  cores: Math.max(1, navigator.hardwareConcurrency),
  arch: Deno.build.arch,
  room: realProcessRoom,
  makeRunFolder,
  removeFolder: (path) => Deno.remove(path, { recursive: true }).catch(() => {}),
  openLogs,
  serveControl,
  askControl,
  listControls,
  here: () => hereLink,
};
