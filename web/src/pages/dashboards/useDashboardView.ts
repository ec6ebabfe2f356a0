// What a reader chose to see of a dashboard: range, refresh and variables, from the address or as the
// dashboard begins.

import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { metricValuesQuery } from "../../api/metrics";
import { problemOf } from "../../api/problem";
import type { DashboardBody, Variable } from "../../api/types";
import {
  askedFor,
  chosenOf,
  fillIn,
  type Setting,
  type VariableSearch,
} from "../../lib/dashboardVariables";
import { rangeBetween, rangeOf, usualStep, type Window, windowOf } from "../../lib/timeRange";
import { useTeamId } from "../../shell/team";
import type { TimeSearch } from "../MetricsTime";

/** `refresh` in seconds, 0 for never. */
export type DashboardSearch = Pick<TimeSearch, "range" | "end"> & {
  refresh?: number;
  edit?: true;
} & VariableSearch;

export function useTimes(body: DashboardBody, search: DashboardSearch) {
  const [now, setNow] = useState(() => Date.now() / 1000);
  const begun = rangeBetween(body.range.from, body.range.to, now);
  const range = search.range ? rangeOf(search.range) : begun.range;
  const end = search.range ? search.end : (search.end ?? begun.end);
  const refresh = search.refresh ?? body.refresh_s;
  const follows = refresh > 0 && search.end === undefined;
  useEffect(() => {
    if (!follows) return;
    const timer = setInterval(() => {
      // Nobody looks: the next time it is looked at is soon enough.
      if (!document.hidden) setNow(Date.now() / 1000);
    }, refresh * 1000);
    return () => clearInterval(timer);
  }, [follows, refresh]);
  const window = windowOf(range.seconds, usualStep(range.seconds), end ?? now);
  return { range, end, refresh, window, renew: () => setNow(Date.now() / 1000) };
}

/** Each variable with its values; those of labels are asked for, one after the other where needed. */
export function useSettings(variables: Variable[], search: VariableSearch, window: Window) {
  const team = useTeamId();
  const client = useQueryClient();
  const settings: Setting[] = [];
  const questions = variables.map((variable) => {
    const { text, unset, unknown } = fillIn(variable.match, settings, window);
    const selectors = text.trim() === "" ? [] : [text];
    const question = metricValuesQuery(team, variable.values_of, selectors);
    const isAsked = variable.kind === "label_values" && unset.length + unknown.length === 0;
    const found = isAsked ? client.getQueryData<string[]>(question.queryKey) : undefined;
    const known = variable.kind === "label_values" ? (found ?? []) : variable.options;
    const chosen = chosenOf(variable, askedFor(search, variable.name), known);
    settings.push({ variable, known, chosen });
    return { ...question, enabled: isAsked };
  });
  const answers = useQueries({ queries: questions });
  const faults = answers.flatMap(({ error }, i) => {
    return error ? [{ name: variables[i]?.name ?? "", problem: problemOf(error) }] : [];
  });
  return { settings, isLoading: answers.some((one) => one.isLoading), faults };
}
