// A card with a short table of what the server answers; a long one is ui/DataTable.
import type { ReactNode } from "react";
import { problemOf } from "../api/problem";
import { Card } from "../ui/Card";
import { classes } from "../ui/classes";
import { Loading } from "../ui/Empty";
import { ProblemNote } from "../ui/ProblemNote";
import pages from "./pages.module.css";

type Props<T> = {
  title: string;
  note?: ReactNode;
  aside?: ReactNode;
  className?: string;
  query: { data: T | undefined; error: Error | null };
  columns: string[];
  /** The last column holds buttons, and its heading is only heard. */
  hasActs?: boolean;
  rows: (data: T) => ReactNode;
};

export function TableCard<T>(props: Props<T>) {
  const { title, note, aside, className, columns, hasActs = false, rows } = props;
  const { data, error } = props.query;
  return (
    <Card title={title} note={note} aside={aside} flush>
      {error && <ProblemNote problem={problemOf(error)} />}
      {!data && !error && <Loading what={title.toLowerCase()} />}
      {data && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must take focus
        <section className={pages.scroll} tabIndex={0} aria-label={`${title}, scrollable`}>
          <table className={classes(pages.plain, className)}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
                {hasActs && (
                  <th scope="col">
                    <span className="unseen">Act</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>{rows(data)}</tbody>
          </table>
        </section>
      )}
    </Card>
  );
}
