import process from "node:process";
import { VERSION } from "../../version.ts";

/**
 * What the output of a job depends on beside job and inputs: tram, and the tables of Unicode in the
 * runtime (what is a letter, which letters are the same when case is folded, what NFC makes). All
 * workers of a run have the same, else the output would depend on who did which task.
 */
export const ENGINE_VERSION = `tram ${VERSION}, Unicode ${process.versions["unicode"]}`;
