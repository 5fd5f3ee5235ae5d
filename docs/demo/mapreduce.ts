/** Brings a page of a real crawl, and says what comes: `deno run mapreduce.ts FOLDER`. */
import { folder, say } from "./tram.ts";

const PAGE = `${import.meta.dirname}/../../tests/mapreduce/fixtures/whirlwind.warc.wet.gz`;

await Deno.copyFile(PAGE, `${folder}/page.wet.gz`);
say("\n== mapreduce: the words of a page of a real crawl, counted by two worker processes ==\n");
say("$ tram mapreduce run --job wordcount --workers join --output counts --top 5 page.wet.gz");
say("$ tram mapreduce worker --coordinator 127.0.0.1:PORT     # twice\n");
