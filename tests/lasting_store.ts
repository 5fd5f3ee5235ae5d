/** `store` as one process has it: closing it does not keep the next one from it, as with a file. */
export function lastingStore<T extends AsyncDisposable>(store: T): T {
  return new Proxy(store, {
    get(target, name) {
      if (name === Symbol.asyncDispose) return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    // Private members belong to the store itself.
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}
