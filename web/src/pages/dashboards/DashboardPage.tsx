// One dashboard: its variables, its range of time, and its panels. Whoever may change it does so in
// the editor, which is loaded then.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { dashboardQuery } from "../../api/dashboards";
import { problemOf } from "../../api/problem";
import type { Dashboard } from "../../api/types";
import { titleOf } from "../../lib/dashboard";
import { findDraft, forgetDraft } from "../../lib/dashboardDraft";
import { unfolded } from "../../lib/dashboardLayout";
import { fillInWords } from "../../lib/dashboardVariables";
import { useCan, useTeamId } from "../../shell/team";
import { Button } from "../../ui/Button";
import { Empty, Loading } from "../../ui/Empty";
import { PageHeader } from "../../ui/PageHeader";
import { ProblemNote } from "../../ui/ProblemNote";
import pages from "../pages.module.css";
import styles from "./Dashboard.module.css";
import { DashboardActions } from "./DashboardActions";
import { Cell, DashboardGrid, RowHead } from "./DashboardGrid";
import { DashboardTime } from "./DashboardTime";
import { DashboardVariables } from "./DashboardVariables";
import { PanelFrame } from "./PanelFrame";
import { type DashboardSearch, useSettings, useTimes } from "./useDashboardView";

const DashboardEditor = lazy(() =>
  import("./DashboardEditor").then((m) => ({ default: m.DashboardEditor })),
);

export function DashboardPage() {
  const { dashboard: id = "" } = useParams({ strict: false });
  const { data, error } = useQuery(dashboardQuery(useTeamId(), id));
  const search = useSearch({ strict: false }) as DashboardSearch;
  const canWrite = useCan("dashboards.write");
  const navigate = useNavigate();
  const setSearch = (change: Partial<DashboardSearch>) => {
    void navigate({ to: ".", search: { ...search, ...change } as never, replace: true });
  };
  if (!data) {
    return (
      <>
        <PageHeader title="Dashboard" parent={<ToList />} />
        <div className={pages.page}>
          {error ? <ProblemNote problem={problemOf(error)} /> : <Loading what="the dashboard" />}
        </div>
      </>
    );
  }
  const props = { dashboard: data, search, onSearch: setSearch };
  if (!canWrite || !search.edit) return <Reader key={data.id} {...props} />;
  return (
    <Suspense fallback={<Loading what="the editor" />}>
      <DashboardEditor key={data.id} {...props} />
    </Suspense>
  );
}

export function ToList() {
  return (
    <Link to="/teams/$team/dashboards" params={{ team: useTeamId() }}>
      Dashboards
    </Link>
  );
}

export type DashboardProps = {
  dashboard: Dashboard;
  search: DashboardSearch;
  onSearch: (change: Partial<DashboardSearch>) => void;
};

function Reader({ dashboard, search, onSearch }: DashboardProps) {
  const canWrite = useCan("dashboards.write");
  const { body } = dashboard;
  const times = useTimes(body, search);
  const { settings, isLoading, faults } = useSettings(body.variables, search, times.window);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const view = { settings, isLoading, window: times.window };
  const time = { range: times.range.value, end: times.end };
  const fold = (id: number) => {
    const next = new Set(folded);
    if (!next.delete(id)) next.add(id);
    setFolded(next);
  };
  return (
    <>
      <PageHeader title={dashboard.name} parent={<ToList />} note={dashboard.description}>
        <DashboardTime times={times} onSearch={onSearch} />
        {canWrite && (
          <Button onClick={() => onSearch({ edit: true })}>
            <Pencil aria-hidden="true" />
            Edit
          </Button>
        )}
        <DashboardActions dashboard={dashboard} />
      </PageHeader>
      <div className={pages.page}>
        {canWrite && <DraftNote dashboard={dashboard} onSearch={onSearch} />}
        <DashboardVariables
          settings={settings}
          faults={faults}
          onChoose={(name, chosen) => onSearch({ [`var-${name}`]: chosen })}
        />
        {body.panels.length === 0 && (
          <Empty title="No panels yet">
            {canWrite && (
              <Button look="primary" onClick={() => onSearch({ edit: true })}>
                Add the first panel
              </Button>
            )}
          </Empty>
        )}
        <DashboardGrid>
          {unfolded(body.panels, folded).map((panel) => (
            <Cell key={panel.id} place={panel}>
              {panel.kind === "row" ? (
                <RowHead
                  title={fillInWords(titleOf(panel), settings)}
                  fold={{ isFolded: folded.has(panel.id), onFold: () => fold(panel.id) }}
                />
              ) : (
                <PanelFrame panel={panel} view={view} time={time} />
              )}
            </Cell>
          ))}
        </DashboardGrid>
      </div>
    </>
  );
}

/** Changes that the reader did not save yet wait in this browser. */
function DraftNote({ dashboard, onSearch }: Pick<DashboardProps, "dashboard" | "onSearch">) {
  const [hasDraft, setHasDraft] = useState(() => findDraft(dashboard.id) !== null);
  if (!hasDraft) return null;
  const discard = () => {
    forgetDraft(dashboard.id);
    setHasDraft(false);
  };
  return (
    <div className={styles.notice} role="status">
      You have changes here that are not saved. This browser kept them.
      <Button onClick={() => onSearch({ edit: true })}>Continue editing</Button>
      <Button onClick={discard}>Discard them</Button>
    </div>
  );
}
