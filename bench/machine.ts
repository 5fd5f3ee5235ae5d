/** Where and when the numbers were taken. */
export interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly cpu: string;
  readonly kernel: string;
  readonly deno: string;
  readonly v8: string;
}

/** Facts about this machine. */
export async function machineFacts(): Promise<Machine> {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: navigator.hardwareConcurrency,
    cpu: await cpuModel(),
    kernel: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
  };
}

async function cpuModel(): Promise<string> {
  try {
    const facts = await Deno.readTextFile("/proc/cpuinfo");
    return /^model name\s*:\s*(.*)$/m.exec(facts)?.[1] ?? "unknown";
  } catch {
    return "unknown";
  }
}
