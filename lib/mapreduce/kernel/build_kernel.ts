/** What of the compiler is used. */
interface Compiler {
  readonly main: (
    args: readonly string[],
    io: {
      readonly readFile: (name: string) => string | null;
      readonly writeFile: (name: string, contents: string | Uint8Array) => void;
      readonly listFiles: () => string[];
    },
  ) => Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

/**
 * `assembly/build.json` maps it, not `deno.json`: `deno compile` would put the compiler, 120 MB, into
 * the executable. A constant and no literal, so that nothing follows it.
 */
const COMPILER: string = "assemblyscript/asc";

const SOURCES = new URL("./assembly/", import.meta.url);
const BUILT = new URL("./assets/kernel.wasm", import.meta.url);
const MAIN = "kernel.ts";

/** No runtime: memory is laid out by hand, and nothing is allocated. */
const FLAGS = [
  "--runtime",
  "stub",
  "-O3",
  "--enable",
  "simd",
  "--noAssert",
  "--initialMemory",
  "1",
];

/**
 * Compiles the kernel of word counting from AssemblyScript to WebAssembly. It needs
 * `--config lib/mapreduce/kernel/assembly/build.json`: type `deno task build:kernel`.
 *
 * @throws Error with the compiler's messages if the source is wrong.
 */
async function buildKernel(): Promise<Uint8Array> {
  const { default: asc } = await import(COMPILER) as { readonly default: Compiler };
  let built: Uint8Array | undefined;
  const { error, stderr } = await asc.main([MAIN, "--outFile", "kernel.wasm", ...FLAGS], {
    readFile: readSource,
    writeFile: (_name, contents) => {
      if (contents instanceof Uint8Array) built = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || built === undefined) {
    throw new Error(`Cannot build the kernel: ${stderr.toString()}`, { cause: error });
  }
  return built;
}

/** The compiler asks for files that may be elsewhere, and takes null for "not here". */
function readSource(name: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(name, SOURCES));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

if (import.meta.main) await Deno.writeFile(Deno.args[0] ?? BUILT, await buildKernel());
