// What could stand at the caret of an expression, out of the team's own metrics, labels and values.
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { metricLabelsQuery, metricNamesQuery, metricValuesQuery } from "../api/metrics";
import { type Context, contextAt, type Suggestion, suggest } from "../lib/promql";
import { useTeamId } from "../shell/team";

export function useSuggestions(text: string, caret: number, isWanted: boolean) {
  const team = useTeamId();
  const context = contextAt(text, caret);
  const enabled = (kind: Context["kind"]) => isWanted && context.kind === kind;
  const names = useQuery({ ...metricNamesQuery(team), enabled: enabled("expression") });
  const labels = useQuery({
    ...metricLabelsQuery(team, context.selectors),
    enabled: enabled("label"),
  });
  const values = useQuery({
    ...metricValuesQuery(team, context.label ?? "", context.selectors),
    enabled: enabled("value") && context.label !== undefined,
  });
  const known: Partial<Record<Context["kind"], UseQueryResult<string[]>>> = {
    expression: names,
    label: labels,
    value: values,
  };
  const list: Suggestion[] = isWanted ? suggest(context, known[context.kind]?.data ?? []) : [];
  return { context, list };
}
