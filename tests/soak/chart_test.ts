import assert from "node:assert/strict";
import { chart } from "./chart.ts";
import { madeWindows } from "./made_windows.ts";
import { soakPanels } from "./soak_panels.ts";

/** Points of all lines of a drawing. */
function pointsOf(svg: string): [number, number][][] {
  return [...svg.matchAll(/points="([^"]*)"/g)].map(([, text = ""]) =>
    text.split(" ").filter((point) => point !== "").map((point) =>
      point.split(",").map(Number) as [number, number]
    )
  );
}

Deno.test("chart() draws each series inside its panel, with labelled axes", () => {
  const windows = madeWindows({ windows: 60 });
  const svg = chart("Title & <more>", "note", soakPanels(windows));
  assert.match(svg, /^<svg [^>]*>\n<rect [^>]*fill="#ffffff"/);
  assert.match(svg, /Title &amp; &lt;more&gt;/);
  for (const words of ["MB resident", "handles", "ms", "minutes", "chat", "10"]) {
    assert(svg.includes(`>${words}<`), words);
  }
  const lines = pointsOf(svg);
  assert.equal(lines.length, 6); // memory and its most, heap, handles, p50 and p99
  for (const line of lines) {
    assert.equal(line.length, windows.length);
    assert(line.every(([x, y]) => x >= 70 && x <= 810 && y > 0 && y < 1120), JSON.stringify(line));
    assert(line.every(([x], at) => at === 0 || x > (line[at - 1]?.[0] ?? 0)));
  }
});

Deno.test("chart() draws more above less, by powers of ten where it is asked to", () => {
  const points = [[0, 1], [1, 10], [2, 100]] as const;
  const drawn = (isLogarithmic: boolean) => {
    const series = [{ name: "a", color: 0, points }];
    const [line = []] = pointsOf(chart("", "", [{ title: "", unit: "", isLogarithmic, series }]));
    return line.map(([, y]) => y);
  };
  const [low = 0, middle = 0, high = 0] = drawn(true);
  assert(low > middle && middle > high);
  assert(Math.abs((low - middle) - (middle - high)) < 0.2);
  const [first = 0, second = 0, third = 0] = drawn(false);
  assert(Math.abs((first - third) / (first - second) - 11) < 0.2);
});

Deno.test("chart() draws nothing where there is nothing, without a NaN", () => {
  assert.doesNotMatch(chart("", "", soakPanels(madeWindows({ windows: 1 }))), /NaN|Infinity/);
  assert.doesNotMatch(chart("", "", soakPanels([])), /NaN|Infinity/);
});
