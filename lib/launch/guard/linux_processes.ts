/** The processes of a machine that runs Linux, out of `/proc` (proc(5)). */
import type { Marked } from "./process_room.ts";
import { carriesMark } from "./run_marks.ts";

/** What `/proc/PID/stat` says about a process. */
interface Stat {
  /** One letter; `Z` and `X` have ended. */
  readonly state: string;
  readonly group: number;
}

/** Field 3 and 5; the name before them may hold anything, also brackets. */
function parseStat(text: string): Stat | undefined {
  const [state, , group] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return state === undefined || group === undefined ? undefined : { state, group: Number(group) };
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return ""; // it has ended, or is somebody else's
  }
}

/** The newest first: those that fork all the time would be gone by the time that we come to them. */
function pids(): number[] {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    const pid = Number(name);
    if (Number.isInteger(pid)) found.push(pid);
  }
  return found.sort((a, b) => b - a);
}

const hasEnded = ({ state }: Stat) => state === "Z" || state === "X";

/**
 * Processes that have not ended and carry the mark `id`, and their groups, but for this process.
 *
 * @param onFound told the group of each at once
 */
export function findMarked(id: string, onFound: (group: number) => void = () => {}): Marked {
  const found: number[] = [];
  const groups = new Set<number>();
  for (const pid of pids()) {
    if (pid === Deno.pid || !carriesMark(read(`/proc/${pid}/environ`), id)) continue;
    const stat = parseStat(read(`/proc/${pid}/stat`));
    if (stat === undefined || hasEnded(stat)) continue;
    found.push(pid);
    groups.add(stat.group);
    onFound(stat.group);
  }
  return { pids: found, groups: [...groups] };
}

/** Whether a group has a process that has not ended. Nobody may have asked how one has. */
export function hasLiveMember(group: number): boolean {
  return pids().some((pid) => {
    const stat = parseStat(read(`/proc/${pid}/stat`));
    return stat?.group === group && !hasEnded(stat);
  });
}
