/** `tram tls init`, with files in a map. */
import assert from "node:assert/strict";
import { pemBlocks } from "../../lib/transport/tls/pem_blocks.ts";
import { readCertificate } from "../../lib/transport/tls/read_certificate.ts";
import { FakeRoom } from "../fake_context.ts";

const FOLDER = "/home/ada/.config/tram/tls";

async function init(room: FakeRoom, ...args: string[]) {
  const { stdout, stderr, exitCode } = room.run(["tls", "init", ...args]);
  return { code: await exitCode, stdout: stdout.text, stderr: stderr.text };
}

function certificate(room: FakeRoom, path: string) {
  return readCertificate(pemBlocks(room.texts.get(path) ?? "")[0]?.bytes ?? new Uint8Array());
}

Deno.test("tram tls init makes an authority and a certificate, and says what to do", async () => {
  const room = new FakeRoom();
  const { code, stdout, stderr } = await init(room, "lab-1,192.0.2.7", "::2");
  assert.equal(code, 0, stderr);
  assert.deepEqual([...room.texts.keys()].sort(), [
    `${FOLDER}/ca.key`,
    `${FOLDER}/ca.pem`,
    `${FOLDER}/ip6---2.key`,
    `${FOLDER}/ip6---2.pem`,
    `${FOLDER}/lab-1.key`,
    `${FOLDER}/lab-1.pem`,
  ]);
  assert.deepEqual(
    [...room.secrets].sort(),
    [...room.texts.keys()].filter((path) => path.endsWith(".key")).sort(),
  );
  const own = ["localhost", "127.0.0.1", "::1"];
  const first = certificate(room, `${FOLDER}/lab-1.pem`);
  assert.deepEqual(first.names, ["lab-1", "192.0.2.7", ...own]);
  assert.deepEqual(certificate(room, `${FOLDER}/ip6---2.pem`).names, ["::2", ...own]);
  assert.equal(first.notAfterMs - room.clock.wallUs() / 1000, 365 * 24 * 3600 * 1000);
  assert.equal(
    stdout,
    [
      `made the authority ${FOLDER}/ca.pem`,
      `made ${FOLDER}/lab-1.pem and its key for lab-1, 192.0.2.7, localhost, 127.0.0.1, ::1 ` +
      "(until 2024-11-13)",
      `made ${FOLDER}/ip6---2.pem and its key for ::2, localhost, 127.0.0.1, ::1 ` +
      "(until 2024-11-13)",
      "",
      `Give each machine its own .pem and .key, and everybody ${FOLDER}/ca.pem. Then, for example:`,
      `  tram collect serve --host 0.0.0.0 --tls-cert ${FOLDER}/lab-1.pem ` +
      `--tls-key ${FOLDER}/lab-1.key`,
      `  tram collect send --host lab-1 --tls-ca ${FOLDER}/ca.pem`,
      "ca.key stays here: whoever has it can pass for any of these machines",
      "",
    ].join("\n"),
  );
});

Deno.test("tram tls init keeps the authority, and signs with it again", async () => {
  const room = new FakeRoom();
  await init(room, "lab-1");
  const before = room.texts.get(`${FOLDER}/ca.pem`);
  const { code, stdout } = await init(room, "--force", "lab-1", "lab-2");
  assert.equal(code, 0);
  assert.match(stdout, /^used the authority /);
  assert.equal(room.texts.get(`${FOLDER}/ca.pem`), before);
  const { subject } = certificate(room, `${FOLDER}/ca.pem`);
  for (const name of ["lab-1", "lab-2"]) {
    assert.equal(certificate(room, `${FOLDER}/${name}.pem`).issuer, subject);
  }
});

Deno.test("tram tls init replaces nothing without --force, and makes nothing else then", async () => {
  for (const there of ["lab-2.pem", "lab-2.key"]) {
    const room = new FakeRoom();
    room.texts.set(`${FOLDER}/${there}`, "mine");
    const { code, stdout, stderr } = await init(room, "lab-1", "lab-2");
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.equal(
      stderr,
      `tram: Cannot write ${FOLDER}/${there}: it is there already; --force replaces it\n`,
    );
    assert.deepEqual([...room.texts], [[`${FOLDER}/${there}`, "mine"]]);
    assert.equal((await init(room, "--force", "lab-2")).code, 0);
    assert.notEqual(room.texts.get(`${FOLDER}/${there}`), "mine");
  }
});

Deno.test("tram tls init takes another folder, fewer days, and JSON", async () => {
  const room = new FakeRoom();
  const { stdout } = await init(room, "--ca-dir", "room tls/", "--days", "2", "--json", "lab-1");
  assert.deepEqual(stdout.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    { type: "authority", caFile: "room tls/ca.pem", isNew: true },
    {
      type: "certificate",
      names: ["lab-1", "localhost", "127.0.0.1", "::1"],
      certFile: "room tls/lab-1.pem",
      keyFile: "room tls/lab-1.key",
      validUntil: "2023-11-16T22:13:20.000Z",
    },
  ]);
  const { stdout: text } = await init(room, "--ca-dir", "room tls", "lab-2");
  assert.match(text, /--tls-key 'room tls\/lab-2\.key'\n/);
});

Deno.test("tram tls init is for this machine when nobody says for which", async () => {
  const room = new FakeRoom(); // its name, "ada's desk", can stand in no certificate
  assert.equal((await init(room)).code, 0);
  assert.deepEqual(
    certificate(room, `${FOLDER}/localhost.pem`).names,
    ["localhost", "127.0.0.1", "::1"],
  );
});

for (
  const [args, says] of [
    [["*.lab"], /wanted a DNS name or an IP address of a machine, such as lab-1/],
    [["ca"], /wanted another name than "ca"/],
    [["lab-1,"], /got ""/],
    [["../lab"], /got "\.\.\/lab"/],
    [["lab-1", "LAB-1"], /Cannot make .*lab-1\.pem twice: give all names of a machine at once/],
    [["--days", "0", "lab-1"], /for days: wanted a whole number from 1 to 3660/],
  ] as const
) {
  Deno.test(`tram tls init ${args.join(" ")} ends with 2 and one line`, async () => {
    const room = new FakeRoom();
    const { code, stderr } = await init(room, ...args);
    assert.equal(code, 2);
    assert.match(stderr, says);
    assert.match(stderr, /^tram: [^\n]+\n$/);
    assert.deepEqual([...room.texts], []);
  });
}

for (const [gone, there] of [["ca.key", "ca.pem"], ["ca.pem", "ca.key"]] as const) {
  Deno.test(`tram tls init refuses an authority without its ${gone}`, async () => {
    const room = new FakeRoom();
    await init(room, "lab-1");
    room.texts.delete(`${FOLDER}/${gone}`);
    const { code, stderr } = await init(room, "lab-2");
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`${there} is there and \\S+${gone} is not; bring it back`));
    assert(!room.texts.has(`${FOLDER}/${gone}`));
  });
}

Deno.test("tram tls init says in one line that the disk is full", async () => {
  const room = new FakeRoom();
  room.fullDisk = true;
  const { code, stderr } = await init(room, "lab-1");
  assert.equal(code, 1);
  assert.match(stderr, /^tram: Cannot write \S+ca\.key: no space left\n$/);
});

Deno.test("tram tls init signs nothing with an authority that is over", async () => {
  const room = new FakeRoom();
  await init(room, "lab-1");
  room.clock.stepWall(3651 * 24 * 3600 * 1e6);
  const { code, stderr } = await init(room, "lab-2");
  assert.equal(code, 1);
  assert.match(stderr, /^tram: Cannot sign with CN=tram on ada's desk \w{8}: it was valid until /);
  assert(!room.texts.has(`${FOLDER}/lab-2.pem`));
});
