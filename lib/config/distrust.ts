/**
 * Why a file that nobody chose may hold what somebody else wants; `undefined` when it cannot.
 * The user's own file may be writable by its group, as many systems make files (umask 002), but not
 * by everybody; root's only by root.
 *
 * @param uid the user, or `null` where files have no such owners
 */
export function distrust(
  { uid: owner, mode }: { readonly uid: number | null; readonly mode: number | null },
  uid: number | null,
): string | undefined {
  if (uid === null || owner === null || mode === null) return undefined;
  if (owner !== uid && owner !== 0) return `it belongs to user ${owner}`;
  const forbidden = owner === uid ? 0o002 : 0o022;
  if ((mode & forbidden) === 0) return undefined;
  return `others may write to it (mode ${(mode & 0o777).toString(8)})`;
}
