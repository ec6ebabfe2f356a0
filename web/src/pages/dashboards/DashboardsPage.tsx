// The dashboards of the team, and those in the trash.

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { lazy, Suspense, useCallback, useState } from "react";
import { dashboardsQuery, restoreDashboard } from "../../api/dashboards";
import { problemOf } from "../../api/problem";
import type { DashboardAuthor, DashboardSummary } from "../../api/types";
import { plural } from "../../lib/format";
import { showDone, showFailed } from "../../lib/notices";
import { Can, useCan, useTeamId } from "../../shell/team";
import { Button } from "../../ui/Button";
import { classes } from "../../ui/classes";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Loading } from "../../ui/Empty";
import { PageHeader } from "../../ui/PageHeader";
import { ProblemNote } from "../../ui/ProblemNote";
import { Segment } from "../../ui/Segment";
import { Ago } from "../../ui/Time";
import { NameFilter } from "../NameFilter";
import pages from "../pages.module.css";
import servers from "../ServersPage.module.css";

export type DashboardsSearch = { q?: string; sort?: string; view?: "trash" };

const NewDashboard = lazy(() =>
  import("./NewDashboard").then((m) => ({ default: m.NewDashboard })),
);

const views = [
  { value: "kept", label: "Dashboards" },
  { value: "trash", label: "Trash" },
] as const;

const defaultSorts = { kept: "name", trash: "-deleted_at" };

export function DashboardsPage() {
  const team = useTeamId();
  const search = useSearch({ strict: false }) as DashboardsSearch;
  const navigate = useNavigate();
  const canWrite = useCan("dashboards.write");
  const view = search.view ?? "kept";
  const sort = search.sort ?? defaultSorts[view];
  const deleted = view === "trash" ? ("true" as const) : undefined;
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    dashboardsQuery(team, { q: search.q, sort, deleted }),
  );
  const [isNew, setNew] = useState<boolean | null>(null);
  const setSearch = (change: Partial<DashboardsSearch>) => {
    void navigate({ to: ".", search: { ...search, ...change } as never, replace: true });
  };
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  const open = (row: DashboardSummary) =>
    void navigate({
      to: "/teams/$team/dashboards/$dashboard",
      params: { team, dashboard: row.id },
    });
  return (
    <>
      <PageHeader title="Dashboards">
        <Can do="dashboards.write">
          <Button look="primary" onClick={() => setNew(true)}>
            <Plus aria-hidden="true" />
            New dashboard
          </Button>
        </Can>
      </PageHeader>
      <div className={classes(pages.page, pages.fill)}>
        <div className={servers.filters}>
          <NameFilter
            label="Filter dashboards by name"
            value={search.q ?? ""}
            onChange={(q) => setSearch({ q: q || undefined })}
          />
          <Segment
            label="View"
            value={view}
            options={views}
            onChange={(next) =>
              setSearch({ view: next === "trash" ? "trash" : undefined, sort: undefined })
            }
          />
        </div>
        {error && <ProblemNote problem={problemOf(error)} />}
        {!data && !error && <Loading what="dashboards" />}
        {data && (
          <DataTable
            key={view}
            label={view === "trash" ? "Deleted dashboards" : "Dashboards"}
            columns={deleted ? trashColumns(canWrite) : columns}
            rows={rows}
            rowKey={(row) => row.id}
            narrow={(row) => <NarrowRow row={row} canRestore={canWrite} />}
            onOpen={deleted ? undefined : open}
            sort={sort}
            onSort={(next) => setSearch({ sort: next === defaultSorts[view] ? undefined : next })}
            hasMore={hasNextPage}
            onMore={more}
            empty={
              <Nothing view={view} isFiltered={search.q !== undefined} onNew={() => setNew(true)} />
            }
          />
        )}
        {data && rows.length > 0 && (
          <p className="faint num">
            {plural(rows.length, "dashboard")}
            {hasNextPage && " loaded, more below"}
            {deleted && ". What lies here for 7 days is deleted for good."}
          </p>
        )}
      </div>
      {isNew !== null && (
        <Suspense>
          <NewDashboard open={isNew} onClose={() => setNew(false)} />
        </Suspense>
      )}
    </>
  );
}

function whoOf(person: DashboardAuthor | null | undefined): string {
  return person?.name ?? "erased person";
}

const name: Column<DashboardSummary> = {
  id: "name",
  header: "Name",
  width: "minmax(180px, 2fr)",
  sort: "name",
  cell: (row) => <span className={servers.name}>{row.name}</span>,
};
const description: Column<DashboardSummary> = {
  id: "description",
  header: "Description",
  width: "minmax(120px, 2fr)",
  cell: (row) => <span className="muted">{row.description}</span>,
};
const columns: Column<DashboardSummary>[] = [
  name,
  description,
  {
    id: "panels",
    header: "Panels",
    width: "84px",
    sort: "panel_count",
    cell: (row) => <span className="num">{row.panel_count}</span>,
  },
  {
    id: "who",
    header: "Changed by",
    width: "minmax(120px, 1fr)",
    cell: (row) => <span className="muted">{whoOf(row.updated_by)}</span>,
  },
  {
    id: "when",
    header: "Changed",
    width: "112px",
    sort: "updated_at",
    cell: (row) => (
      <span className="muted">
        <Ago at={row.updated_at} />
      </span>
    ),
  },
];

function trashColumns(canRestore: boolean): Column<DashboardSummary>[] {
  return [
    name,
    description,
    {
      id: "who",
      header: "Deleted by",
      width: "minmax(120px, 1fr)",
      cell: (row) => <span className="muted">{whoOf(row.deleted_by)}</span>,
    },
    {
      id: "when",
      header: "Deleted",
      width: "112px",
      sort: "deleted_at",
      cell: (row) => <span className="muted">{row.deleted_at && <Ago at={row.deleted_at} />}</span>,
    },
    {
      id: "restore",
      header: "Restore",
      width: "104px",
      cell: (row) => canRestore && <Restore row={row} />,
    },
  ];
}

function Restore({ row }: { row: DashboardSummary }) {
  const team = useTeamId();
  const client = useQueryClient();
  const restore = async () => {
    await restoreDashboard(client, team, row.id);
    showDone("Dashboard restored", `${row.name} is back among the others.`);
  };
  return (
    <Button aria-label={`Restore ${row.name}`} onClick={() => void restore().catch(showFailed)}>
      Restore
    </Button>
  );
}

function NarrowRow({ row, canRestore }: { row: DashboardSummary; canRestore: boolean }) {
  return (
    <div className={servers.narrow}>
      <span className={servers.name}>{row.name}</span>
      {row.deleted_at && canRestore ? (
        <Restore row={row} />
      ) : (
        <span className="muted">
          <Ago at={row.updated_at} />
        </span>
      )}
      <span className="faint">
        {plural(row.panel_count, "panel")}, {whoOf(row.deleted_by ?? row.updated_by)}
      </span>
    </div>
  );
}

type NothingProps = { view: "kept" | "trash"; isFiltered: boolean; onNew: () => void };

function Nothing({ view, isFiltered, onNew }: NothingProps) {
  if (isFiltered) return <Empty title="No dashboard matches" />;
  if (view === "trash") return <Empty title="The trash is empty" />;
  return (
    <Empty title="No dashboards yet">
      <p>Begin with what your servers report, bring one along from Grafana, or begin empty.</p>
      <Can do="dashboards.write">
        <Button look="primary" onClick={onNew}>
          Make the first
        </Button>
      </Can>
    </Empty>
  );
}
