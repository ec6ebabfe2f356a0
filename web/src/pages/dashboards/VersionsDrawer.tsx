// The versions of a dashboard: what each changed, and the way back to it.

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  dashboardVersionQuery,
  dashboardVersionsQuery,
  restoreVersion,
} from "../../api/dashboards";
import { problemOf } from "../../api/problem";
import type { Dashboard, DashboardVersionSummary } from "../../api/types";
import { contentOf, emptyBody } from "../../lib/dashboard";
import { forgetDraft } from "../../lib/dashboardDraft";
import { plural } from "../../lib/format";
import { showDone, showFailed } from "../../lib/notices";
import { Can, useTeamId } from "../../shell/team";
import { Button } from "../../ui/Button";
import { Loading } from "../../ui/Empty";
import { Drawer } from "../../ui/Overlay";
import { ProblemNote } from "../../ui/ProblemNote";
import { Time } from "../../ui/Time";
import pages from "../pages.module.css";
import styles from "./Dashboard.module.css";
import { DashboardDiff } from "./DashboardDiff";

type Props = { dashboard: Dashboard; open: boolean; onClose: () => void };

export function VersionsDrawer({ dashboard, open, onClose }: Props) {
  return (
    <Drawer open={open} onClose={onClose} title="Versions" note={dashboard.name}>
      <Versions dashboard={dashboard} onClose={onClose} />
    </Drawer>
  );
}

function Versions({ dashboard, onClose }: Omit<Props, "open">) {
  const team = useTeamId();
  const listed = useInfiniteQuery(dashboardVersionsQuery(team, dashboard.id));
  const [chosen, setChosen] = useState<number | null>(null);
  const [against, setAgainst] = useState<number | null>(null);
  if (listed.error) return <ProblemNote problem={problemOf(listed.error)} />;
  if (!listed.data) return <Loading what="versions" />;
  const versions = listed.data.pages.flatMap((page) => page.data);
  const shown = chosen ?? versions[0]?.version;
  return (
    <>
      <ol className={styles.versions}>
        {versions.map((one) => (
          <li key={one.version}>
            <VersionButton
              version={one}
              isShown={one.version === shown}
              onChoose={() => {
                setChosen(one.version);
                setAgainst(null);
              }}
            />
          </li>
        ))}
      </ol>
      {listed.hasNextPage && (
        <Button busy={listed.isFetchingNextPage} onClick={() => void listed.fetchNextPage()}>
          Earlier versions
        </Button>
      )}
      {shown !== undefined && (
        <Shown
          dashboard={dashboard}
          version={shown}
          against={against ?? shown - 1}
          newest={versions[0]?.version ?? shown}
          onAgainst={setAgainst}
          onClose={onClose}
        />
      )}
    </>
  );
}

type ButtonProps = { version: DashboardVersionSummary; isShown: boolean; onChoose: () => void };

function VersionButton({ version, isShown, onChoose }: ButtonProps) {
  return (
    <button type="button" aria-pressed={isShown} onClick={onChoose}>
      <strong className="num">{version.version}</strong>
      <span>
        {version.note || <span className="faint">no note</span>}
        <br />
        <span className="faint">
          {version.by.name ?? "erased person"}, <Time at={version.at} />,{" "}
          {plural(version.panel_count, "panel")}
        </span>
      </span>
    </button>
  );
}

type ShownProps = {
  dashboard: Dashboard;
  version: number;
  /** The version it is compared with; 0 is the empty dashboard before the first. */
  against: number;
  newest: number;
  onAgainst: (version: number) => void;
  onClose: () => void;
};

const nothing = { name: "", description: "", body: emptyBody };

function Shown({ dashboard, version, against, newest, onAgainst, onClose }: ShownProps) {
  const team = useTeamId();
  const client = useQueryClient();
  const after = useQuery(dashboardVersionQuery(team, dashboard.id, version));
  const before = useQuery({
    ...dashboardVersionQuery(team, dashboard.id, against),
    enabled: against > 0,
  });
  const restore = async () => {
    await restoreVersion(client, team, dashboard, version);
    forgetDraft(dashboard.id);
    onClose();
    showDone(`Version ${version} is back`, "It is the newest version now; none was lost.");
  };
  const old = against > 0 ? before.data && contentOf(before.data) : nothing;
  const error = after.error ?? before.error;
  return (
    <section className={pages.stack} aria-label={`Version ${version}`}>
      <div className={pages.row}>
        <label className={styles.variable}>
          Version {version} against
          <select
            className={pages.input}
            value={against}
            onChange={({ target }) => onAgainst(Number(target.value))}
          >
            {Array.from({ length: newest + 1 }, (_, i) => newest - i)
              .filter((one) => one !== version)
              .map((one) => (
                <option key={one} value={one}>
                  {one === 0 ? "nothing" : `version ${one}`}
                </option>
              ))}
          </select>
        </label>
        <span className="grow" />
        {version !== newest && (
          <Can do="dashboards.write">
            <Button onClick={() => void restore().catch(showFailed)}>
              Restore version {version}
            </Button>
          </Can>
        )}
      </div>
      {error && <ProblemNote problem={problemOf(error)} />}
      {after.data && old ? (
        <DashboardDiff before={old} after={contentOf(after.data)} />
      ) : (
        !error && <Loading what="the version" />
      )}
    </section>
  );
}
