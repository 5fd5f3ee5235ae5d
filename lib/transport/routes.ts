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
  const routes: (Route | undefined)[] = [];
  for (const [name, kind] of Object.entries(service.kinds)) {
    const handler = handlers[name] as ((message: unknown) => unknown) | undefined;
    const at = kind.code - FIRST_SERVICE_KIND;
    while (routes.length <= at) routes.push(undefined);
    // Who does not handle an ignorable kind ignores it: so a service can get new ones.
    if (handler === undefined && kind.code >= FIRST_IGNORABLE_KIND) continue;
    routes[at] = handler === undefined
      ? () => refuse(LineErrorCode.UnexpectedKind, name, kind.code, "it does not travel this way")
      : routeOf(name, kind, handler, bulk);
  }
  return routes;
}

function routeOf(
  name: string,
  kind: Kind<unknown, never>,
  handler: (message: unknown) => unknown,
  bulk: BulkCredit,
): Route {
  const { code, minBytes, maxBytes, lane, credit } = kind;
  const decode = (view: FrameView) => kind.decode(view);
  const bounded = minBytes > 0 || maxBytes < MAX_FRAME_BYTES;
  const checked = (view: FrameView) => {
    if (view.length < minBytes || view.length > maxBytes) {
      const wanted = `${minBytes} to ${maxBytes} bytes`;
      refuse(LineErrorCode.BadMessage, name, code, `${view.length} bytes, wanted ${wanted}`);
    }
    return handler(decode(view));
  };
  if (lane === "normal") return bounded || !kind.isRaw ? checked : handler as Route;
  return (view) => {
    const frameBytes = bulk.receive(view.length);
    const result = checked(view);
    if (credit === "line") bulk.release(frameBytes);
    return result;
  };
}

function refuse(code: LineErrorCode, name: string, kind: number, why: string): never {
  throw new LineError(code, `Cannot take ${name} (${hexKind(kind)}): ${why}`);
}
