/** The private folder of a run on one machine: tokens and keys, for its processes only. */
export interface RunFolder {
  readonly path: string;
  /** Takes it away with all that is in it. Never throws. */
  remove(): Promise<void>;
}

/** What stands in the folder. */
export interface RunFile {
  readonly name: string;
  readonly text: string;
}

/**
 * How the folders of runs are named, so that what was left behind can be found: `tram-run-RUN-PID` in
 * `XDG_RUNTIME_DIR`, else in the folder for temporary files.
 */
export const RUN_FOLDER_PREFIX = "tram-run-";
