// One panel with its title and what can be done with it. It asks for its data by itself, once it is
// in view.

import { Link } from "@tanstack/react-router";
import { ChartLine, Info } from "lucide-react";
import { type ReactNode, useId, useRef, useState } from "react";
import type { Panel } from "../../api/types";
import { hasQueries, titleOf } from "../../lib/dashboard";
import { fillIn, fillInWords } from "../../lib/dashboardVariables";
import { useTeamId } from "../../shell/team";
import { buttonClass } from "../../ui/Button";
import type { TimeSearch } from "../MetricsTime";
import styles from "./Dashboard.module.css";
import { PanelView } from "./PanelView";
import { useIsInView, usePanelAnswers, type View } from "./usePanelAnswers";

export const rowPx = 40;
export const gapPx = 8;
/** Of a panel's title, border and padding. */
const framePx = 48;

type Props = {
  panel: Panel;
  view: View;
  time: TimeSearch;
  /** Beside the title; what editing offers. */
  tools?: ReactNode;
};

export function PanelFrame({ panel, view, time, tools }: Props) {
  const id = useId();
  const element = useRef<HTMLElement>(null);
  const isInView = useIsInView(element);
  const answers = usePanelAnswers(panel, view, isInView);
  const [isExplained, setExplained] = useState(false);
  const title = fillInWords(titleOf(panel), view.settings);
  const height = panel.h * (rowPx + gapPx) - gapPx - framePx;
  return (
    <article
      ref={element}
      className={styles.panel}
      aria-labelledby={id}
      aria-busy={answers.isLoading}
    >
      <header className={styles.panelHeader}>
        <h2 id={id} className={panel.title ? undefined : "unseen"}>
          {title}
        </h2>
        {panel.description && (
          <button
            type="button"
            className={styles.tool}
            aria-label={`About ${title}`}
            aria-expanded={isExplained}
            onClick={() => setExplained(!isExplained)}
          >
            <Info aria-hidden="true" />
          </button>
        )}
        <span className="grow" />
        {hasQueries(panel.kind) && <ExplorerLink {...{ panel, view, time, title }} />}
        {tools}
      </header>
      <div className={styles.content}>
        {isExplained && <p className={styles.text}>{panel.description}</p>}
        <PanelView panel={panel} title={title} height={height} {...answers} />
      </div>
    </article>
  );
}

type LinkProps = Pick<Props, "panel" | "view" | "time"> & { title: string };

/** Leads to the first query that is shown, with the variables put in. */
function ExplorerLink({ panel, view, time, title }: LinkProps) {
  const team = useTeamId();
  const query = panel.queries.find((one) => !one.hidden && one.expr.trim() !== "");
  if (!query) return null;
  const expr = fillIn(query.expr, view.settings, view.window).text;
  const shown = panel.kind === "table" ? ("table" as const) : undefined;
  return (
    <Link
      to="/teams/$team/metrics"
      params={{ team }}
      search={{ expr, range: time.range, end: time.end, view: shown }}
      className={`${buttonClass("quiet")} ${styles.tool}`}
      aria-label={`View ${title} in explorer`}
      title="View in explorer"
    >
      <ChartLine aria-hidden="true" />
    </Link>
  );
}
