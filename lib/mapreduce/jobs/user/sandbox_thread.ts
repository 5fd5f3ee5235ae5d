/** The thread in which a user's job runs: without permissions, and alone in its process. */
/// <reference lib="deno.worker" />
import { closeDoors } from "./close_doors.ts";
import { errorText } from "./error_text.ts";
import { JobModule } from "./job_module.ts";
import { linkedUrl } from "./linked_url.ts";
import { type OpenHead, packPayload, SandboxKind, unpackPayload } from "./sandbox_frames.ts";

/** A frame on its way between the thread and the line. */
export interface ThreadFrame {
  readonly kind: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const post = scope.postMessage.bind(scope);
let job: JobModule | undefined;
let name = "";
let print: (args: readonly unknown[]) => void = () => {};

scope.addEventListener("message", async ({ data, isTrusted }: MessageEvent<ThreadFrame>) => {
  if (!isTrusted) return; // the job made it, to be answered twice
  const reply = await answer(data);
  post(reply, [reply.payload.buffer]);
});
closeDoors((args) => print(args));

async function answer({ kind, payload }: ThreadFrame): Promise<ThreadFrame> {
  if (kind === SandboxKind.Open) return await open(payload);
  if (job === undefined) throw new Error("no job is open");
  try {
    const done = kind === SandboxKind.Map ? job.map(payload) : job.reduce(payload);
    return { kind: SandboxKind.Done, payload: await done };
  } catch (error) {
    // Outside of the mapper: the combiner threw, or the job has changed what this code needs.
    return { kind: SandboxKind.Broken, payload: packPayload({ message: errorText(error, name) }) };
  }
}

async function open(payload: Uint8Array): Promise<ThreadFrame> {
  const { source, ...head } = unpackPayload(payload).head as OpenHead; // our own worker made it
  ({ name } = head);
  try {
    const module: { readonly default?: unknown } = await import(linkedUrl(source));
    job = new JobModule(name, module.default);
    const { printed } = job;
    print = (args) => printed.print(args);
    return { kind: SandboxKind.Ready, payload: packPayload(job.ready) };
  } catch (error) {
    return { kind: SandboxKind.Broken, payload: packPayload({ message: errorText(error, name) }) };
  }
}
