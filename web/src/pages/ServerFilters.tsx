// Search by name, and the counts of each state, which are also the filter.
import { useQuery } from "@tanstack/react-query";
import { fleetQuery } from "../api/queries";
import type { ServerStatus } from "../api/types";
import { useTeamId } from "../shell/team";
import { StatusShape, statusWord } from "../ui/StatusMark";
import { NameFilter } from "./NameFilter";
import styles from "./ServersPage.module.css";

export type ServersSearch = { q?: string; status?: string; sort?: string };

type Props = { search: ServersSearch; onChange: (change: Partial<ServersSearch>) => void };

const statuses: ServerStatus[] = ["down", "up", "pending"];
export function ServerFilters({ search, onChange }: Props) {
  const { data: fleet } = useQuery(fleetQuery(useTeamId()));
  const more = fleet?.next ? "+" : "";
  const count = (status?: ServerStatus) => {
    const matching = fleet?.data.filter((server) => !status || server.status === status);
    return matching ? `${matching.length}${more}` : "";
  };
  return (
    <div className={styles.filters}>
      <NameFilter
        label="Filter servers by name"
        value={search.q ?? ""}
        onChange={(q) => onChange({ q: q || undefined })}
      />
      <button
        type="button"
        className={styles.count}
        aria-pressed={!search.status}
        onClick={() => onChange({ status: undefined })}
      >
        All <span className="num">{count()}</span>
      </button>
      {statuses.map((status) => (
        <button
          key={status}
          type="button"
          className={styles.count}
          aria-pressed={search.status === status}
          onClick={() => onChange({ status: search.status === status ? undefined : status })}
        >
          <StatusShape tone={status} />
          {statusWord(status)} <span className="num">{count(status)}</span>
        </button>
      ))}
    </div>
  );
}
