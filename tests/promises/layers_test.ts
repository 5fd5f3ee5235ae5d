/** Which folder of `lib` may import which, as `docs/architecture.md` draws it. */
import assert from "node:assert/strict";

const LIB = new URL("../../lib/", import.meta.url);

/** From the ground up; folders of one layer do not know each other. */
const LAYERS: readonly (readonly string[])[] = [
  ["clock", "types"],
  ["terminal", "store"],
  ["transport"],
  ["log"],
  ["config"],
  ["timer", "collect", "chat", "mapreduce", "launch", "tls", "token", "completion"],
];

/** What `launch` may know of the tools that it starts. */
const DECLARATION = /^(timer|collect|chat|mapreduce)\/declaration\.ts$/;

function* sourcesBelow(folder: URL): Generator<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* sourcesBelow(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}

/** Path below `lib`; `undefined` for what is elsewhere. */
function pathInLib({ href }: URL): string | undefined {
  return href.startsWith(LIB.href) ? href.slice(LIB.href.length) : undefined;
}

Deno.test("folders of lib import what is below them, and tools no other tool", () => {
  const rank = new Map(LAYERS.flatMap((names, at) => names.map((name) => [name, at] as const)));
  const faults: string[] = [];
  for (const source of sourcesBelow(LIB)) {
    const path = pathInLib(source) ?? "";
    const [folder = "", ...rest] = path.split("/");
    if (rest.length === 0) continue; // the context and what is real: they know all
    const own = rank.get(folder);
    assert(own !== undefined, `${folder} has its place in docs/architecture.md, and here`);
    for (const [, to = ""] of Deno.readTextFileSync(source).matchAll(/from "(\.[^"]+)"/g)) {
      const target = pathInLib(new URL(to, source));
      const [other = "", ...below] = target?.split("/") ?? [];
      if (below.length === 0 || other === folder) continue;
      if (folder === "launch" && DECLARATION.test(target ?? "")) continue;
      if ((rank.get(other) ?? Infinity) >= own) faults.push(`${path} imports ${target}`);
    }
  }
  assert.deepEqual(faults, []);
});
