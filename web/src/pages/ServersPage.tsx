// Every server of the team in one dense, live table.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Download, Plus } from "lucide-react";
import { useCallback } from "react";
import { problemOf } from "../api/problem";
import { serversQuery } from "../api/queries";
import type { Server } from "../api/types";
import { systemName } from "../lib/describe";
import { plural } from "../lib/format";
import { Can, useTeamId } from "../shell/team";
import { buttonClass } from "../ui/Button";
import { classes } from "../ui/classes";
import { type Column, DataTable } from "../ui/DataTable";
import { Empty, Loading } from "../ui/Empty";
import { Meter } from "../ui/Meter";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { StatusMark } from "../ui/StatusMark";
import { Ago } from "../ui/Time";
import pages from "./pages.module.css";
import { ServerFilters, type ServersSearch } from "./ServerFilters";
import styles from "./ServersPage.module.css";

const defaultSort = "name";

export function ServersPage() {
  const team = useTeamId();
  const search = useSearch({ strict: false }) as ServersSearch;
  const navigate = useNavigate();
  const filter = { q: search.q, status: search.status, sort: search.sort ?? defaultSort };
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    serversQuery(team, filter),
  );
  const setSearch = (change: Partial<ServersSearch>) => {
    const next = { ...search, ...change };
    void navigate({ to: ".", search: next as never, replace: true });
  };
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  const filtered = search.q !== undefined || search.status !== undefined;
  return (
    <>
      <PageHeader title="Servers">
        <a
          className={buttonClass()}
          href={`/api/v1/teams/${team}/servers?format=csv`}
          download="servers.csv"
        >
          <Download aria-hidden="true" />
          CSV
        </a>
        <Can do="servers.manage">
          <Link to="/teams/$team/servers/new" params={{ team }} className={buttonClass("primary")}>
            <Plus aria-hidden="true" />
            Add server
          </Link>
        </Can>
      </PageHeader>
      <div className={classes(pages.page, pages.fill)}>
        <ServerFilters search={search} onChange={setSearch} />
        {error && <ProblemNote problem={problemOf(error)} />}
        {!data && !error && <Loading what="servers" />}
        {data && (
          <DataTable
            label="Servers"
            columns={columns}
            rows={rows}
            rowKey={(server) => server.id}
            narrow={(server) => <NarrowRow server={server} />}
            onOpen={(server) =>
              void navigate({
                to: "/teams/$team/servers/$server",
                params: { team, server: server.id },
              })
            }
            sort={filter.sort}
            onSort={(sort) => setSearch({ sort: sort === defaultSort ? undefined : sort })}
            hasMore={hasNextPage}
            onMore={more}
            empty={<NoServers team={team} filtered={filtered} />}
          />
        )}
        {data && rows.length > 0 && (
          <p className="faint num">
            {plural(rows.length, "server")}
            {hasNextPage && " loaded, more below"}
          </p>
        )}
      </div>
    </>
  );
}

const columns: Column<Server>[] = [
  {
    id: "status",
    header: "Status",
    width: "112px",
    sort: "status",
    cell: (server) => <StatusMark tone={server.status} />,
  },
  {
    id: "name",
    header: "Name",
    width: "minmax(180px, 2fr)",
    sort: "name",
    cell: (server) => <span className={styles.name}>{server.name}</span>,
  },
  {
    id: "cpu",
    header: "CPU",
    width: "minmax(124px, 1fr)",
    cell: (server) => <Meter percent={server.usage?.cpu_percent} />,
  },
  {
    id: "memory",
    header: "Memory",
    width: "minmax(124px, 1fr)",
    cell: (server) => <Meter percent={server.usage?.memory_percent} />,
  },
  {
    id: "disk",
    header: "Disk",
    width: "minmax(124px, 1fr)",
    cell: (server) => <Meter percent={server.usage?.disk_percent} />,
  },
  {
    id: "os",
    header: "System",
    width: "minmax(100px, 1.2fr)",
    cell: (server) => (
      <span className="muted">{server.facts ? systemName(server.facts.os) : "–"}</span>
    ),
  },
  {
    id: "agent",
    header: "Agent",
    width: "84px",
    cell: (server) => <span className="muted num">{server.agent_version ?? "–"}</span>,
  },
  {
    id: "seen",
    header: "Last report",
    width: "108px",
    sort: "last_seen_at",
    cell: (server) => <LastReport server={server} />,
  },
];

function LastReport({ server }: { server: Server }) {
  if (!server.last_seen_at) return <span className="faint">never</span>;
  return (
    <span className="muted">
      <Ago at={server.last_seen_at} />
    </span>
  );
}

function NarrowRow({ server }: { server: Server }) {
  const usage = server.usage;
  const parts = [
    ["CPU", usage?.cpu_percent],
    ["mem", usage?.memory_percent],
    ["disk", usage?.disk_percent],
  ] as const;
  return (
    <div className={styles.narrow}>
      <StatusMark tone={server.status}>
        <span className={styles.name}>{server.name}</span>
      </StatusMark>
      <LastReport server={server} />
      <span className={classes(styles.second, "faint num")}>
        {usage
          ? parts.map(([label, value]) => `${label} ${shortPercent(value)}`).join(" · ")
          : "Waiting for its first report"}
      </span>
    </div>
  );
}

function shortPercent(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : `${value.toFixed(0)} %`;
}

function NoServers({ team, filtered }: { team: string; filtered: boolean }) {
  if (filtered) {
    return (
      <Empty title="No server matches">
        <Link to="/teams/$team/servers" params={{ team }} className={buttonClass()}>
          Clear the filter
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No servers yet">
      <p>A server is one install command away: it reports within seconds.</p>
      <Can do="servers.manage">
        <Link to="/teams/$team/servers/new" params={{ team }} className={buttonClass("primary")}>
          Add server
        </Link>
      </Can>
    </Empty>
  );
}
