/**
 * The rule about cycles. What lies side by side in a folder - folders, each with all that is below it,
 * and files - may not need each other around a folder, directly or by way of others: neither when the
 * program runs nor for types, and on demand neither. Files of one folder may need each other: that is
 * one story in several pieces.
 *
 * Two files are free to import what is beside them, since all else would be said twice. `lib/context.ts`
 * names, as types alone, what the tools ask of the world, and every tool takes it: nothing of that is
 * there when the program runs. `tests/fake_context.ts` is the world in which all tools are tested, made
 * of the fakes of each.
 */
import type { Edge } from "./graph.ts";

/** A graph: from each node, by each node that it leads to, one import that is the reason. */
type Graph = Map<string, Map<string, Edge>>;

/** Whether an import is one that the rule leaves free. */
function isFree({ from, isType }: Edge): boolean {
  return from === "lib/context.ts" && isType || from === "tests/fake_context.ts";
}

/** The cycles around folders, each with imports that make it. */
export function folderCycles(edges: readonly Edge[]): string[] {
  const inside = edges.filter((edge) => /\.[a-z]+$/.test(edge.to) && !isFree(edge));
  return foldersOf(inside).flatMap((folder) => cyclesOf(graphIn(folder, inside)))
    .map((cycle) =>
      `${cycle.map(({ node }) => node).join(" and ")} need each other: ` +
      cycle.map(({ edge: { from, to } }) => `${from} imports ${to}`).join(", ") +
      "; move what both need beside them, or to the one that the other may need"
    );
}

/** All folders that files of the graph are in, and the one that holds all. */
function foldersOf(edges: readonly Edge[]): string[] {
  const folders = new Set([""]);
  for (const path of edges.flatMap(({ from, to }) => [from, to])) {
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      folders.add(path.slice(0, end + 1));
    }
  }
  return [...folders].sort();
}

function graphIn(folder: string, edges: readonly Edge[]): Graph {
  const nodeOf = (path: string) => {
    if (!path.startsWith(folder)) return undefined;
    const end = path.indexOf("/", folder.length);
    return end >= 0 ? path.slice(0, end + 1) : path;
  };
  const graph: Graph = new Map();
  for (const edge of edges) {
    const [from, to] = [nodeOf(edge.from), nodeOf(edge.to)];
    if (from === undefined || to === undefined || from === to) continue;
    const ways = graph.get(from) ?? new Map<string, Edge>();
    graph.set(from, ways.set(to, ways.get(to) ?? edge));
  }
  return graph;
}

/** A shortest cycle through each folder that is in one and in none before. */
function cyclesOf(graph: Graph): { readonly node: string; readonly edge: Edge }[][] {
  const known = new Set<string>();
  const folders = [...graph.keys()].filter((node) => node.endsWith("/"));
  return folders.sort().flatMap((start) => {
    if (known.has(start)) return [];
    const cycle = wayBack(graph, start);
    for (const { node } of cycle) known.add(node);
    return cycle.length === 0 ? [] : [cycle];
  });
}

/** The shortest way from a node to itself. */
function wayBack(graph: Graph, start: string): { readonly node: string; readonly edge: Edge }[] {
  const ways = [[{ node: start }] as { node: string; edge?: Edge }[]];
  const seen = new Set<string>();
  for (const way of ways) {
    const { node } = way[way.length - 1]!;
    for (const [next, edge] of graph.get(node) ?? []) {
      const steps = [...way.slice(0, -1), { node, edge }];
      if (next === start) return steps as { node: string; edge: Edge }[];
      if (!seen.has(next)) ways.push([...steps, { node: next }]);
      seen.add(next);
    }
  }
  return [];
}
