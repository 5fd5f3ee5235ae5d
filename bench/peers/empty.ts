/** The smallest program there is: what `deno run` costs by itself. */
export {};
