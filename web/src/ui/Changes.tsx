// Fields before and after, with signs beside the colours.
import styles from "./Changes.module.css";

export type Change = { field: string; before: string; after: string };

export function Changes({ changes }: { changes: Change[] }) {
  return (
    <table className={styles.changes}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row">{field}</th>
            <td className={before ? styles.removed : undefined}>
              {before ? `− ${before}` : <span className="faint">–</span>}
            </td>
            <td className={after ? styles.added : undefined}>
              {after ? `+ ${after}` : <span className="faint">–</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
