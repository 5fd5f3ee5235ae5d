import { Script } from "node:vm";

const WORK = Symbol.for("tram work within time");
const script = new Script('globalThis[Symbol.for("tram work within time")]()');

/**
 * Runs something that may take for ever without coming to an end of its own, such as a regular
 * expression that backtracks, which nothing but its own thread could stop.
 *
 * @param work is stopped anywhere: what it leaves must be whole at any moment
 * @returns whether it came to its end
 * @throws what `work` throws
 */
export function withinTime(work: () => void, limitMs: number): boolean {
  Reflect.set(globalThis, WORK, work);
  try {
    script.runInThisContext({ timeout: limitMs });
    return true;
  } catch (error) {
    const isStopped = error instanceof Error && "code" in error &&
      error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    if (isStopped) return false;
    throw error;
  } finally {
    Reflect.deleteProperty(globalThis, WORK);
  }
}
