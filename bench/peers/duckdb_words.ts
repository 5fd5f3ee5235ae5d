/**
 * DuckDB with two threads: words of files, counted and sorted.
 *
 * ```text
 *   duckdb_words.ts PACKAGES FILES OUTPUT    reads what the glob FILES means, writes lines "word TAB count"
 * ```
 *
 * Lines of text may have any bytes that are UTF-8, but none of the bodies may hold `: ` or begin
 * with `WARC/`: so are lines of WARC told from text.
 */
import { createRequire } from "node:module";

/** What is used of `@duckdb/node-api`, which is not among the imports: see `find_duckdb.ts`. */
interface DuckDb {
  readonly DuckDBInstance: {
    create(path: string, options: Readonly<Record<string, string>>): Promise<{
      connect(): Promise<{ run(sql: string): Promise<unknown> }>;
    }>;
  };
}

const [packages, files, output] = Deno.args;
const quoted = (text = "") => `'${text.replaceAll("'", "''")}'`;

/** One column of lines: the delimiter is a byte that no text has. */
const LINES = `read_csv(${quoted(files)}, columns = {'line': 'VARCHAR'}, header = false,
  delim = '\x01', quote = '', escape = '', auto_detect = false, strict_mode = false,
  new_line = '\\n', max_line_size = 67108864)`;

const WORDS = `SELECT unnest(regexp_split_to_array(line, '[ \\t\\n\\v\\f\\r]+')) AS word
  FROM ${LINES} WHERE NOT contains(line, ': ') AND NOT starts_with(line, 'WARC/')`;

const SQL = `COPY (
  SELECT word, count(*) FROM (${WORDS}) WHERE word <> '' GROUP BY word ORDER BY word
) TO ${quoted(output)} (DELIMITER '\t', HEADER false, QUOTE '', ESCAPE '')`;

const { DuckDBInstance } = createRequire(`${packages}/`)("@duckdb/node-api") as DuckDb;
const database = await DuckDBInstance.create(":memory:", { threads: "2" });
const connection = await database.connect();
await connection.run(SQL);
