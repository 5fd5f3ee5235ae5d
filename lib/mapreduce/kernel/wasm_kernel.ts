/** What `assembly/kernel.ts` exports. */
export interface WasmKernel {
  readonly memory: WebAssembly.Memory;
  init(memoryBytes: number, maxBits: number): void;
  inputAddress(): number;
  inputBytes(): number;
  outputAddress(): number;
  kept(): number;
  used(): number;
  size(): number;
  tokens(): number;
  fold(start: number, end: number): void;
  feed(length: number, isLast: number): number;
  resume(): number;
  clear(): void;
  partitionAll(partitions: number): void;
  partitionHash(address: number, length: number): number;
  sortPartition(partition: number): void;
  encode(): number;
  recordsWritten(): number;
  largeKey(): number;
  largeLength(): number;
  largeCount(): number;
}

let compiled: WebAssembly.Module | undefined;

/** Makes an instance of the kernel, with a memory of its own. */
export function openWasmKernel(): WasmKernel {
  compiled ??= new WebAssembly.Module(
    Deno.readFileSync(new URL("./assets/kernel.wasm", import.meta.url)),
  );
  const { exports } = new WebAssembly.Instance(compiled, {
    env: {
      abort: () => {
        throw new Error("The kernel of word counting stopped");
      },
    },
  });
  return exports as unknown as WasmKernel;
}
