// The answers to a panel's queries: asked for while the panel is in view, given up when it leaves.
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef, useState } from "react";
import { panelAnswerQuery } from "../../api/metrics";
import { problemOf } from "../../api/problem";
import type { Panel, PanelQuery, Problem } from "../../api/types";
import { fillIn, fillInWords, type Setting } from "../../lib/dashboardVariables";
import type { Part } from "../../lib/panelAnswer";
import type { Window } from "../../lib/timeRange";
import { useTeamId } from "../../shell/team";

/** What every panel of a dashboard is shown with. */
export type View = { settings: Setting[]; isLoading: boolean; window: Window };

/** Also a little before it can be seen. */
const aheadPx = 200;

export function useIsInView(element: RefObject<HTMLElement | null>): boolean {
  const [isInView, setInView] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(
      (entries) => setInView(entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: `${aheadPx}px` },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return isInView;
}

/** A value at one time is enough for these; a graph needs its range, and a stat draws it small. */
function isInstant(panel: Panel, query: PanelQuery): boolean {
  if (panel.kind === "graph") return false;
  return panel.kind === "stat" ? query.instant : true;
}

function areSame(some: Part[], others: Part[]): boolean {
  return (
    some.length === others.length &&
    some.every((one, i) => one.answer === others[i]?.answer && one.legend === others[i]?.legend)
  );
}

export type PanelFault = { ref: string; problem?: Problem; advice?: string };

export function usePanelAnswers(panel: Panel, view: View, isInView: boolean) {
  const { settings, window } = view;
  const team = useTeamId();
  const client = useQueryClient();
  const asked = panel.queries
    .filter((query) => !query.hidden && query.expr.trim() !== "")
    .map((query) => ({ query, filled: fillIn(query.expr.trim(), settings, window) }));
  const questions = asked.map(({ query, filled }) => ({
    ...panelAnswerQuery(team, filled.text, window, isInstant(panel, query)),
    enabled: isInView && filled.unknown.length + filled.unset.length === 0,
  }));
  const answers = useQueries({ queries: questions });

  const latest = useRef(questions);
  latest.current = questions;
  useEffect(() => {
    if (isInView) return;
    for (const { queryKey } of latest.current) void client.cancelQueries({ queryKey });
  }, [isInView, client]);
  // Who comes back while a question is still being given up has joined that one, and asks again.
  useEffect(() => {
    for (const [i, one] of answers.entries()) {
      const isLeft = one.isPending && one.fetchStatus === "idle";
      if (isLeft && questions[i]?.enabled) void one.refetch();
    }
  });

  const found = asked.flatMap(({ query }, i): Part[] => {
    const data = answers[i]?.data;
    const legend = fillInWords(query.legend, settings);
    return data ? [{ ref: query.ref, legend, ...data }] : [];
  });
  // What was there is shown until everything new has come, and is drawn anew only for something new.
  const shown = useRef<Part[]>([]);
  const isWaiting =
    answers.some((one) => one.isFetching || one.isPending) && found.length < asked.length;
  if (!isWaiting && !areSame(found, shown.current)) shown.current = found;

  const faults = asked.flatMap(({ query, filled }, i): PanelFault[] => {
    const error = answers[i]?.error;
    if (error) return [{ ref: query.ref, problem: problemOf(error) }];
    const advice = adviceFor(filled, view);
    return advice ? [{ ref: query.ref, advice }] : [];
  });
  return {
    parts: shown.current,
    faults,
    isAsked: asked.length > 0,
    isLoading: answers.some((one) => one.isFetching) || (view.isLoading && faults.length === 0),
    again: () => {
      for (const one of answers) if (one.error) void one.refetch();
    },
  };
}

type Filled = ReturnType<typeof fillIn>;

function adviceFor({ unknown, unset }: Filled, { settings, isLoading }: View): string | null {
  if (unknown.length > 0) {
    return `There is no variable $${unknown[0]}. Add it under Variables, or take it out of the query.`;
  }
  const setting = settings.find((one) => one.variable.name === unset[0]);
  if (!setting || isLoading) return null;
  const { name, kind } = setting.variable;
  if (kind === "text" || setting.known.length > 0) return `Nothing is chosen for $${name}.`;
  return `There is nothing to choose for $${name}: no series has a value for it yet.`;
}
