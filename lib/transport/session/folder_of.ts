/** Folder of a path; `.` of a name without one, `/` of a file in the root. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end > 0 ? path.slice(0, end) : end === 0 ? path.slice(0, 1) : ".";
}
