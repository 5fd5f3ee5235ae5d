/**
 * The marks that processes of a run carry in their environment, and by which they are found again
 * wherever they went. A run inside of another run adds its mark to those of the outer one.
 */

/** Names the run: all machines, all roles. */
export const RUN_VARIABLE = "TRAM_RUN_ID";

/** Names the guard: there may be several of one run on one machine. */
export const GUARD_VARIABLE = "TRAM_GUARD";

/** Between the marks of nested runs. */
const SEPARATOR = ":";

/** `id` behind the marks that are there. */
export function addMark(before: string | undefined, id: string): string {
  return before ? `${before}${SEPARATOR}${id}` : id;
}

/** Whether an environment, as `/proc/PID/environ` has it, carries a mark. */
export function carriesMark(environ: string, id: string): boolean {
  if (!environ.includes(id)) return false;
  return environ.split("\0").some((entry) => {
    const at = entry.indexOf("=");
    const name = entry.slice(0, at);
    if (name !== RUN_VARIABLE && name !== GUARD_VARIABLE) return false;
    return entry.slice(at + 1).split(SEPARATOR).includes(id);
  });
}
