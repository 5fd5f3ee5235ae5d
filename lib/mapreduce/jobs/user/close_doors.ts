/**
 * Takes away what a job has no use for, before it is loaded. What it must not do is refused by the
 * runtime, since the thread has no permissions; this closes the rest: standard output, which carries
 * frames, threads of its own, and code made of texts, which could load modules.
 */

/** What a job must not find. */
const REMOVED = [
  ...["Deno", "process", "Worker", "close", "postMessage", "onmessage", "onerror", "global"],
  ...["eval", "Function", "prompt", "alert", "confirm", "reportError", "require", "Buffer"],
  ...["WebSocket", "WebSocketStream", "EventSource", "fetch", "BroadcastChannel", "caches"],
  ...["MessageChannel", "MessagePort", "localStorage", "sessionStorage", "navigator"],
  ...["setImmediate", "clearImmediate", "WorkerGlobalScope", "DedicatedWorkerGlobalScope"],
];

/** Each kind of function, whose constructor makes code of texts. */
const FUNCTIONS: readonly object[] = [
  function () {},
  async function () {},
  function* () {},
  async function* () {},
];

/** @param print takes what the job writes to the console */
export function closeDoors(print: (args: readonly unknown[]) => void): void {
  const { setTimeout, setInterval } = globalThis;
  const refuse = function () {
    throw new TypeError("A job cannot make code of texts");
  };
  for (const example of FUNCTIONS) {
    Object.defineProperty(Object.getPrototypeOf(example), "constructor", fixed(refuse));
  }
  for (const name of REMOVED) {
    Object.defineProperty(globalThis, name, fixed(undefined));
    for (let at = Object.getPrototypeOf(globalThis); at; at = Object.getPrototypeOf(at)) {
      if (at !== Object.prototype && Object.hasOwn(at, name)) delete at[name];
    }
  }
  for (const [name, timer] of Object.entries({ setTimeout, setInterval })) {
    const checked = (callback: unknown, ...rest: number[]) => {
      if (typeof callback !== "function") return refuse();
      return timer(callback as () => void, ...rest);
    };
    Object.defineProperty(globalThis, name, fixed(checked));
  }
  const lines = (...args: unknown[]) => print(args);
  const quiet = new Proxy(Object.create(null), { get: () => lines });
  Object.defineProperty(globalThis, "console", fixed(quiet));
}

/** A property that stays what it is. */
function fixed(value: unknown): PropertyDescriptor {
  return { value, writable: false, configurable: false, enumerable: false };
}
