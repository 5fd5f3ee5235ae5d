import type { TramContext } from "../context.ts";

/** Folder of tram's configuration, or `undefined` when the environment names none. */
function configFolder({ os, process: { env } }: TramContext): string | undefined {
  if (env["TRAM_CONFIG_DIR"]) return env["TRAM_CONFIG_DIR"];
  if (os === "windows" && env["APPDATA"]) return `${env["APPDATA"]}\\tram`;
  if (os === "darwin" && env["HOME"]) return `${env["HOME"]}/Library/Application Support/tram`;
  if (env["XDG_CONFIG_HOME"]) return `${env["XDG_CONFIG_HOME"]}/tram`;
  if (env["HOME"]) return `${env["HOME"]}/.config/tram`;
  return undefined;
}

/** Path of a file in the configuration folder, or `undefined` when there is no such folder. */
export function configPath(context: TramContext, name: string): string | undefined {
  const folder = configFolder(context);
  return folder && `${folder}${context.os === "windows" ? "\\" : "/"}${name}`;
}
