/** From a kind's code to the function that handles its frames. */
import type { BulkCredit } from "./bulk_credit.ts";
import { FIRST_IGNORABLE_KIND, FIRST_SERVICE_KIND, MAX_FRAME_BYTES } from "./frame.ts";
import { type FrameView, hexKind } from "./frame_view.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import type { Kind, Kinds, Service } from "./service.ts";

/** What a handler of a kind receives. */
export type ReceivedOf<K> = K extends Kind<infer Received, never> ? Received : never;

/**
 * Handlers by name of kind. They are synchronous. A kind without one must not arrive, unless it is
 * ignorable (0x80 and above).
 */
export type Handlers<K extends Kinds> = {
  readonly [Name in keyof K]?: (message: ReceivedOf<K[Name]>) => void;
};

/** Handles one frame; what it returns is looked at only to find promises. */
export type Route = (view: FrameView) => unknown;

/**
 * Routes indexed by `code - 0x20`. A binary kind without limits is routed to its handler directly,
 * so nothing stands between the decoder and the handler.
 */
export function buildRoutes<K extends Kinds>(
  service: Service<K>,
  handlers: Handlers<K>,
  bulk: BulkCredit,
): (Route | undefined)[] {
  const { refusals, readers } = commonOf(service);
  const routes = refusals.slice();
  for (const [name, kind] of Object.entries(service.kinds)) {
    const handler = handlers[name] as ((message: unknown) => unknown) | undefined;
    const read = readers.get(name);
    if (handler === undefined || read === undefined) continue;
    routes[kind.code - FIRST_SERVICE_KIND] = routeOf(kind, read, handler, bulk);
  }
  return routes;
}

/** What a handler receives of a frame. @throws {LineError} `bad-message` */
type Reader = (view: FrameView) => unknown;

/** What all connections of a service have in common: made once, since a server has many. */
interface Common {
  /** Routes of who handles nothing, by code. */
  readonly refusals: readonly (Route | undefined)[];
  /** By name of kind. */
  readonly readers: ReadonlyMap<string, Reader>;
}

const commons = new WeakMap<Service<Kinds>, Common>();

function commonOf(service: Service<Kinds>): Common {
  const known = commons.get(service);
  if (known !== undefined) return known;
  const refusals: (Route | undefined)[] = [];
  const readers = new Map<string, Reader>();
  for (const [name, kind] of Object.entries(service.kinds)) {
    const { code } = kind;
    const at = code - FIRST_SERVICE_KIND;
    while (refusals.length <= at) refusals.push(undefined);
    readers.set(name, readerOf(name, kind));
    // Who does not handle an ignorable kind ignores it: so a service can get new ones.
    if (code >= FIRST_IGNORABLE_KIND) continue;
    refusals[at] = () =>
      refuse(LineErrorCode.UnexpectedKind, name, code, "it does not travel this way");
  }
  const common = { refusals, readers };
  commons.set(service, common);
  return common;
}

function readerOf(name: string, kind: Kind<unknown, never>): Reader {
  const { code, minBytes, maxBytes } = kind;
  return (view) => {
    if (view.length < minBytes || view.length > maxBytes) {
      const wanted = `${minBytes} to ${maxBytes} bytes`;
      refuse(LineErrorCode.BadMessage, name, code, `${view.length} bytes, wanted ${wanted}`);
    }
    return kind.decode(view);
  };
}

function routeOf(
  kind: Kind<unknown, never>,
  read: Reader,
  handler: (message: unknown) => unknown,
  bulk: BulkCredit,
): Route {
  const { minBytes, maxBytes, lane, credit, isRaw } = kind;
  if (lane === "normal") {
    const isBounded = minBytes > 0 || maxBytes < MAX_FRAME_BYTES;
    return isBounded || !isRaw ? readThen(read, handler) : handler as Route;
  }
  return (view) => {
    const frameBytes = bulk.receive(view.length);
    const result = handler(read(view));
    if (credit === "line") bulk.release(frameBytes);
    return result;
  };
}

/** Alone, so that it holds on to nothing else. */
function readThen(read: Reader, handler: (message: unknown) => unknown): Route {
  return (view) => handler(read(view));
}

function refuse(code: LineErrorCode, name: string, kind: number, why: string): never {
  throw new LineError(code, `Cannot take ${name} (${hexKind(kind)}): ${why}`);
}
