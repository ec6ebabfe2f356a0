// The metrics explorer: an expression, its chart or table, and the team's metrics to choose from.
// Expression, range, step and view live in the address, so that a link shows the same.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { LayoutDashboard } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { metricNamesQuery } from "../api/metrics";
import { problemOf } from "../api/problem";
import { putMetric, slipOf } from "../lib/promql";
import { rangeOf, stepOf, windowOf } from "../lib/timeRange";
import { Can, useTeamId } from "../shell/team";
import { Button, buttonClass } from "../ui/Button";
import { Loading } from "../ui/Empty";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { Segment } from "../ui/Segment";
import { MetricsEmpty } from "./MetricsEmpty";
import { MetricsExport } from "./MetricsExport";
import { MetricsGraph } from "./MetricsGraph";
import { MetricsNames } from "./MetricsNames";
import styles from "./MetricsPage.module.css";
import { MetricsQuery } from "./MetricsQuery";
import { MetricsTable } from "./MetricsTable";
import { MetricsTime, type TimeSearch } from "./MetricsTime";
import pages from "./pages.module.css";
import { type MetricsView, QueryOutcome } from "./QueryOutcome";
import { useDraft, useMetricsAnswer } from "./useMetricsAnswer";

export type MetricsSearch = TimeSearch & { expr?: string; view?: MetricsView };

const AddToDashboard = lazy(() =>
  import("./dashboards/AddToDashboard").then((m) => ({ default: m.AddToDashboard })),
);

const views = [
  { value: "graph", label: "Graph" },
  { value: "table", label: "Table" },
] as const;

/** Asks until the first samples of a team have come. */
const arrivalCheckMs = 3000;

export function MetricsPage() {
  const { data: names, error } = useQuery({
    ...metricNamesQuery(useTeamId()),
    refetchInterval: ({ state }) => (state.data?.length === 0 ? arrivalCheckMs : false),
  });
  if (names && names.length > 0) return <Explorer names={names} />;
  return (
    <>
      <PageHeader title="Metrics" />
      <div className={pages.page}>
        {error && <ProblemNote problem={problemOf(error)} />}
        {!error && (names ? <MetricsEmpty /> : <Loading what="metrics" />)}
      </div>
    </>
  );
}

function Explorer({ names }: { names: string[] }) {
  const search = useSearch({ strict: false }) as MetricsSearch;
  const navigate = useNavigate();
  const team = useTeamId();
  const [now, setNow] = useState(() => Date.now() / 1000);
  const range = rangeOf(search.range);
  const step = stepOf(search.step, range.seconds);
  const window = windowOf(range.seconds, step, search.end ?? now);
  const expression = search.expr ?? "";
  const view = search.view ?? "graph";
  const [draft, setDraft] = useDraft(expression);
  const { answer, problem, isRunning, isCancelled, cancel } = useMetricsAnswer(
    expression,
    view,
    window,
  );

  const setSearch = (change: Partial<MetricsSearch>, replace = true) => {
    void navigate({ to: ".", search: { ...search, ...change } as never, replace });
  };
  const run = (text: string) => {
    setNow(Date.now() / 1000);
    const expr = text.trim() || undefined;
    // Another expression is a step that the browser's way back undoes.
    if (expr !== search.expr) setSearch({ expr }, false);
  };
  const choose = (metric: string) => {
    const { text, caret, isWhole } = putMetric(draft.text, draft.caret, metric);
    setDraft({ text, caret, moved: isWhole ? draft.moved : draft.moved + 1 });
    if (isWhole) run(text);
  };
  const slip = slipOf(problem?.detail, expression);
  return (
    <>
      <PageHeader title="Metrics">
        <MetricsTime
          range={range}
          end={search.end}
          step={{ used: step, chosen: search.step }}
          onChange={(change) => {
            setNow(Date.now() / 1000);
            setSearch(change);
          }}
        />
        <MetricsExport expression={expression} window={window} />
        <Link to="/teams/$team/metrics/usage" params={{ team }} className={buttonClass()}>
          Usage
        </Link>
      </PageHeader>
      <div className={`${pages.page} ${styles.page}`}>
        <MetricsQuery
          draft={draft}
          onDraft={setDraft}
          slip={draft.text.trim() === expression ? slip : null}
          isRunning={isRunning}
          onRun={() => run(draft.text)}
          onCancel={cancel}
        />
        <div className={styles.columns}>
          <MetricsNames names={names} onChoose={choose} />
          <section className={styles.answer} aria-label="Answer" aria-busy={isRunning}>
            <div className={pages.row}>
              <Segment
                label="View"
                value={view}
                options={views}
                onChange={(next) => setSearch({ view: next === "table" ? "table" : undefined })}
              />
              <span className="grow" />
              {expression !== "" && <ToDashboard expression={expression} view={view} />}
            </div>
            <QueryOutcome
              expression={expression}
              view={view}
              answer={answer}
              problem={problem}
              isMarked={slip !== null}
              isCancelled={isCancelled}
              onNarrow={(expr) => setSearch({ expr }, false)}
            >
              {answer && view === "graph" && <MetricsGraph answer={answer} window={window} />}
              {answer && view === "table" && <MetricsTable answer={answer} />}
            </QueryOutcome>
          </section>
        </div>
      </div>
    </>
  );
}

function ToDashboard({ expression, view }: { expression: string; view: MetricsView }) {
  const [isAsked, setAsked] = useState(false);
  return (
    <Can do="dashboards.write">
      <Button onClick={() => setAsked(true)}>
        <LayoutDashboard aria-hidden="true" />
        Add to dashboard
      </Button>
      {isAsked && (
        <Suspense>
          <AddToDashboard expression={expression} kind={view} onClose={() => setAsked(false)} />
        </Suspense>
      )}
    </Can>
  );
}
