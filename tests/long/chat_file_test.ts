/** A large file between real clients. Needs 2 GiB of room for temporary files. */
import { withChat } from "../e2e/chat_room.ts";
import { checkPassed } from "../e2e/check_passed.ts";
import { passFile } from "../e2e/pass_file.ts";

Deno.test("a file of 1 GiB outlives sender, receiver and server, and is read once", () =>
  withChat(async (room) => {
    const sizeBytes = 1024 * 1024 * 1024;
    const passed = await passFile(room, { sizeBytes, rate: "200MiB/s" });
    checkPassed(passed, sizeBytes);
    const { grownBytes, lineMs, totalMs, readBytes, readAgainBytes, writtenBytes } = passed;
    const figures = {
      ...{ grownBytes, totalMs, readBytes, readAgainBytes, writtenBytes },
      ...{ lines: lineMs.length, worstLineMs: Math.max(...lineMs) },
    };
    await Deno.stderr.write(new TextEncoder().encode(`${JSON.stringify(figures)}\n`));
  }));
