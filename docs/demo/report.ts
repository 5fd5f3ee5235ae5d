/** What a server of collect knows of its clients: `deno run report.ts FOLDER`. */
import { say, show } from "./tram.ts";

say("\n-- What is known of them. They share one clock here, so the truth is 0.\n");
await show(["collect", "report", "--store", "demo.sqlite"]);
