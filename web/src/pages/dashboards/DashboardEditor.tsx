// The editor of a dashboard: panels are added, changed, moved and resized; nothing is changed for
// others before it is saved.

import { useBlocker } from "@tanstack/react-router";
import { Braces, Plus, Redo2, Settings2, Undo2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Panel } from "../../api/types";
import { makePanel, mostPanels, panelKinds } from "../../lib/dashboard";
import { compact } from "../../lib/dashboardLayout";
import { Button, buttonClass } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { MenuButton } from "../../ui/MenuButton";
import { Alert, DialogActions } from "../../ui/Overlay";
import { PageHeader } from "../../ui/PageHeader";
import pages from "../pages.module.css";
import styles from "./Dashboard.module.css";
import { type DashboardProps, ToList } from "./DashboardPage";
import { DashboardTime } from "./DashboardTime";
import { DashboardVariables } from "./DashboardVariables";
import { EditorGrid } from "./EditorGrid";
import { PanelDrawer } from "./PanelDrawer";
import { SaveDialog } from "./SaveDialog";
import { SettingsDialog } from "./SettingsDialog";
import { useSettings, useTimes } from "./useDashboardView";
import { type Editing, useEditing } from "./useEditing";
import { VariablesDrawer } from "./VariablesDrawer";

type Asked = { what: "save" | "settings" | "variables" } | { what: "panel"; id: number };

export function DashboardEditor({ dashboard, search, onSearch }: DashboardProps) {
  const editing = useEditing(dashboard);
  const { content, isChanged } = editing;
  const { body } = content;
  const times = useTimes(body, search);
  const { settings, isLoading, faults } = useSettings(body.variables, search, times.window);
  const [asked, setAsked] = useState<Asked | null>(null);
  const view = { settings, isLoading, window: times.window };
  const time = { range: times.range.value, end: times.end };
  const close = () => setAsked(null);
  const leave = () => onSearch({ edit: undefined });
  const setPanels = (panels: Panel[]) => editing.changeBody({ panels });
  useUndoKeys(editing);

  const add = (kind: Panel["kind"]) => {
    const panel = makePanel(kind, body.panels);
    setPanels(compact([...body.panels, panel]));
    if (kind !== "row") setAsked({ what: "panel", id: panel.id });
  };
  const edited =
    asked?.what === "panel" ? body.panels.find((panel) => panel.id === asked.id) : undefined;
  return (
    <>
      <PageHeader title={content.name} parent={<ToList />} state={<Unsaved isShown={isChanged} />}>
        <DashboardTime times={times} onSearch={onSearch} />
      </PageHeader>
      <div className={pages.page}>
        {editing.isContinued && (
          <div className={styles.notice} role="status">
            This continues with changes that this browser had kept.
            <Button onClick={() => editing.discard()}>Discard them</Button>
          </div>
        )}
        <EditorBar
          editing={editing}
          onAdd={body.panels.length < mostPanels ? add : undefined}
          onAsk={(what) => setAsked({ what })}
          onLeave={leave}
        />
        <DashboardVariables
          settings={settings}
          faults={faults}
          onChoose={(name, chosen) => onSearch({ [`var-${name}`]: chosen })}
        />
        {body.panels.length === 0 && <Empty title="Add the first panel">It begins above.</Empty>}
        <EditorGrid
          panels={body.panels}
          view={view}
          time={time}
          onPanels={setPanels}
          onEdit={(id) => setAsked({ what: "panel", id })}
        />
      </div>
      {edited && (
        <PanelDrawer
          key={edited.id}
          panel={edited}
          view={view}
          onClose={(panel) => {
            setPanels(compact(body.panels.map((one) => (one.id === panel.id ? panel : one))));
            close();
          }}
        />
      )}
      {asked?.what === "variables" && (
        <VariablesDrawer
          variables={body.variables}
          onClose={(variables) => {
            editing.changeBody({ variables });
            close();
          }}
        />
      )}
      {asked?.what === "settings" && (
        <SettingsDialog
          content={content}
          shown={{ search, range: times.range.value, settings }}
          onChange={editing.change}
          onClose={close}
        />
      )}
      {asked?.what === "save" && (
        <SaveDialog dashboard={dashboard} editing={editing} onClose={close} onSaved={leave} />
      )}
      <LeaveGuard isChanged={isChanged} />
    </>
  );
}

function Unsaved({ isShown }: { isShown: boolean }) {
  return <span className="faint">{isShown ? "not saved" : ""}</span>;
}

type BarProps = {
  editing: Editing;
  onAdd: ((kind: Panel["kind"]) => void) | undefined;
  onAsk: (what: "save" | "settings" | "variables") => void;
  onLeave: () => void;
};

function EditorBar({ editing, onAdd, onAsk, onLeave }: BarProps) {
  const { isChanged, canUndo, canRedo, undo, redo, discard } = editing;
  return (
    <div className={pages.row} role="toolbar" aria-label="Editor">
      {onAdd && (
        <MenuButton
          label="Add panel"
          trigger={
            <>
              <Plus aria-hidden="true" />
              Add panel
            </>
          }
          triggerClass={buttonClass()}
          align="start"
          items={panelKinds.map(({ value, label }) => ({ label, onSelect: () => onAdd(value) }))}
        />
      )}
      <Button onClick={() => onAsk("variables")}>
        <Braces aria-hidden="true" />
        Variables
      </Button>
      <Button onClick={() => onAsk("settings")}>
        <Settings2 aria-hidden="true" />
        Settings
      </Button>
      <Button aria-label="Undo" title="Undo (Ctrl Z)" disabled={!canUndo} onClick={undo}>
        <Undo2 aria-hidden="true" />
      </Button>
      <Button aria-label="Redo" title="Redo (Ctrl Shift Z)" disabled={!canRedo} onClick={redo}>
        <Redo2 aria-hidden="true" />
      </Button>
      <span className="grow" />
      {isChanged && (
        <Button
          onClick={() => {
            discard();
            onLeave();
          }}
        >
          Discard changes
        </Button>
      )}
      {isChanged ? (
        <Button look="primary" onClick={() => onAsk("save")}>
          Save
        </Button>
      ) : (
        <Button onClick={onLeave}>Done</Button>
      )}
    </div>
  );
}

/** Undo and redo by keys; in a field they are the field's own. */
function useUndoKeys(editing: Editing) {
  const latest = useRef(editing);
  latest.current = editing;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y")) return;
      const { target } = event;
      if (target instanceof HTMLElement && target.closest("input, textarea, [role=dialog]")) return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) latest.current.redo();
      else latest.current.undo();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

/** Asks before changes are left behind. The browser keeps them, but nobody else sees them. */
function LeaveGuard({ isChanged }: { isChanged: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => isChanged && current.pathname !== next.pathname,
    enableBeforeUnload: isChanged,
    withResolver: true,
  });
  return (
    <Alert
      open={status === "blocked"}
      title="Leave without saving?"
      description={<p>This browser keeps your changes: the editor continues with them.</p>}
      onCancel={reset}
    >
      <DialogActions>
        <Button onClick={proceed}>Leave</Button>
        <Button look="primary" onClick={reset}>
          Stay
        </Button>
      </DialogActions>
    </Alert>
  );
}
