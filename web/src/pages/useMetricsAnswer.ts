// The expression while it is written, and the answer to the one that was run.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { instantAnswerQuery, rangeAnswerQuery } from "../api/metrics";
import { problemOf } from "../api/problem";
import type { QueryAnswer } from "../lib/queryAnswer";
import type { Window } from "../lib/timeRange";
import { useTeamId } from "../shell/team";
import type { Draft } from "./ExpressionField";
import type { MetricsView } from "./QueryOutcome";

/** Follows the address: the way back, or a link, puts its expression into the field. */
export function useDraft(expression: string) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(expression));
  const latest = useRef(draft);
  latest.current = draft;
  useEffect(() => {
    if (latest.current.text.trim() !== expression) setDraft(draftOf(expression));
  }, [expression]);
  return [draft, setDraft] as const;
}

function draftOf(text: string): Draft {
  return { text, caret: text.length, moved: 0 };
}

/** A question that is no longer wanted is given up, here and at the server. */
export function useMetricsAnswer(expression: string, view: MetricsView, window: Window) {
  const team = useTeamId();
  const client = useQueryClient();
  const isAsked = expression !== "";
  const range = rangeAnswerQuery(team, expression, window);
  const instant = instantAnswerQuery(team, expression, window);
  const ofRange = useQuery({ ...range, enabled: isAsked && view === "graph" });
  const ofInstant = useQuery({ ...instant, enabled: isAsked && view === "table" });
  const query = view === "graph" ? ofRange : ofInstant;
  return {
    answer: query.data as QueryAnswer | undefined,
    problem: query.error ? problemOf(query.error) : null,
    isRunning: query.isFetching,
    isCancelled: isAsked && query.isPending && !query.isFetching,
    cancel: () => {
      const { queryKey } = view === "graph" ? range : instant;
      void client.cancelQueries({ queryKey });
    },
  };
}
