// A dashboard while it is edited: every step can be taken back, and what is not saved is kept in this
// browser.

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { saveDashboard } from "../../api/dashboards";
import type { Dashboard, DashboardBody } from "../../api/types";
import { type Content, contentOf } from "../../lib/dashboard";
import { findDraft, forgetDraft, keepDraft } from "../../lib/dashboardDraft";
import { advance, redo, type Steps, stepsFrom, undo } from "../../lib/steps";
import { useTeamId } from "../../shell/team";

function isSame(a: Content, b: Content): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

type State = {
  steps: Steps<Content>;
  /** As it is saved. */
  saved: Content;
  /** What the changes were made to: a save of them refuses to cover another one. */
  revision: number;
  /** Begun with what this browser had kept. */
  isContinued: boolean;
};

function beginWith(dashboard: Dashboard): State {
  const saved = contentOf(dashboard);
  return { steps: stepsFrom(saved), saved, revision: dashboard.revision, isContinued: false };
}

function begin(dashboard: Dashboard): State {
  const draft = findDraft(dashboard.id);
  const state = beginWith(dashboard);
  if (!draft) return state;
  const { content, revision } = draft;
  return { ...state, steps: stepsFrom(content), revision, isContinued: true };
}

export function useEditing(dashboard: Dashboard) {
  const team = useTeamId();
  const client = useQueryClient();
  const [state, setState] = useState(() => begin(dashboard));
  const { steps, saved, revision, isContinued } = state;
  const content = steps.present;
  const isChanged = !isSame(content, saved);

  const go = (next: Steps<Content>) => {
    setState({ ...state, steps: next });
    if (isSame(next.present, saved)) forgetDraft(dashboard.id);
    else keepDraft(dashboard.id, { revision, content: next.present });
  };
  const change = (next: Partial<Content>) => {
    const changed = { ...content, ...next };
    if (!isSame(changed, content)) go(advance(steps, changed));
  };
  return {
    content,
    isChanged,
    isContinued,
    canUndo: steps.past.length > 0,
    canRedo: steps.future.length > 0,
    undo: () => go(undo(steps)),
    redo: () => go(redo(steps)),
    change,
    changeBody: (body: Partial<DashboardBody>) => change({ body: { ...content.body, ...body } }),
    /** Back to what is saved; without a way back to the changes. */
    discard: (newest: Dashboard = dashboard) => {
      forgetDraft(dashboard.id);
      setState(beginWith(newest));
    },
    /** Over the given revision, else over the one that was changed. */
    save: async (note: string, over = revision) => {
      const bound = { id: dashboard.id, revision: over };
      const made = await saveDashboard(client, team, bound, content, note);
      forgetDraft(dashboard.id);
      setState(beginWith(made));
    },
  };
}

export type Editing = ReturnType<typeof useEditing>;
