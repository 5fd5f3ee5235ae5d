/** TLS, and options from everywhere: what needs a server for a moment at most. */
import { below, type Story } from "../story.ts";
import { type World } from "../world.ts";

const tls = below("README.md", "TLS: nobody listens on the way");
const options = below("README.md", "Options, logs, completion");

/** The authority is made once; a server shows its certificate at an address that it is not for. */
async function playTls(world: World): Promise<void> {
  await world.run(tls(1), 1);
  const { home } = world.folders;
  const files = `${home}/.config/tram/tls`;
  await Deno.copyFile(`${files}/ca.pem`, `${world.folders.data}/ca.pem`);
  await world.aside("tram token new").ended();
  const server = world.aside(
    `tram timer serve --host 0.0.0.0 --tls-cert ${files}/lab-1.pem --tls-key ${files}/lab-1.key`,
  );
  await server.matching(/listening/);
  await world.run(tls(2), 1, { code: 77 });
  await world.aside("tram timer ping --host lab-1 --tls-ca ca.pem --count 10").ended();
  await server.end();
}

/** The file is the one that the session shows. Nothing of this is left to chance. */
async function playOptions(world: World): Promise<void> {
  const file = world.step(options(1), 1).output;
  await world.write("tram.toml", `${file.join("\n")}\n`);
  await world.run(options(1), 1, { isExact: true });
  await world.run(options(1), 2, { isExact: true });
  // What the sentence below it says of bash.
  await world.aside(
    "source <(tram completion bash); complete -p tram | grep -q tram || exit 1",
  ).ended();
}

/** Sessions of the README about options and certificates. */
export const optionsStories: readonly Story[] = [
  { name: "tls", blocks: [tls(1), tls(2)], play: playTls },
  { name: "options", blocks: [options(1)], play: playOptions },
];
