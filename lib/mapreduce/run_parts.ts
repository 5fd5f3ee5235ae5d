import type { Folder } from "./engine/folder.ts";
import type { JobPlan } from "./engine/job_plan.ts";
import type { MapreduceHost } from "./host.ts";
import type { RunView } from "./screen/run_view.ts";

/** What a run is made of, whoever does the work. */
export interface RunParts {
  readonly host: MapreduceHost;
  readonly plan: JobPlan;
  /** The output folder, which is there. */
  readonly output: Folder;
  readonly view: RunView;
}

/** A new id of a run, or of a worker: 16 hexadecimal digits. */
export function newRunId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
