/**
 * Plays one story, in the network and the process table that {@linkcode playApart} has made for it:
 * `play.ts STORY FOLDER`.
 */
import { documentBlocks } from "./documents.ts";
import { STORIES } from "./stories.ts";
import { World } from "./world.ts";

const [name, folder = ""] = Deno.args;
const story = STORIES.find((story) => story.name === name);
if (story === undefined) throw new Error(`There is no story ${name}`);
const folders = { home: `${folder}/home`, data: `${folder}/data` };
const world = new World(folders, documentBlocks().filter(({ id }) => story.blocks.includes(id)));
await story.play(world);
world.done();
