// What else holds the team's record from outside: the line of keys that sign its checkpoints, and
// what a timestamp authority signed about them.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, send } from "../api/client";
import { plural } from "../lib/format";
import { useTeamId } from "../shell/team";
import { Ago } from "../ui/Time";
import { TableCard } from "./TableCard";

const keysQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "audit-keys"],
    queryFn: () => send(api.GET("/api/v1/teams/{team}/audit/keys", { params: { path: { team } } })),
  });

const stampsQuery = (team: string) =>
  queryOptions({
    queryKey: ["team", team, "audit-timestamps"],
    queryFn: () =>
      send(
        api.GET("/api/v1/teams/{team}/audit/timestamps", {
          params: { path: { team }, query: { limit: 5 } },
        }),
      ),
  });

export function AuditAnchors() {
  const team = useTeamId();
  const keys = useQuery(keysQuery(team));
  const stamps = useQuery(stampsQuery(team));
  return (
    <>
      <TableCard
        title="Signer's keys"
        note="Who knows one of them can check what any of them signed: each change is signed by both."
        query={keys}
        columns={["Key", "Since", "Until"]}
        rows={({ data }) =>
          data.map((key) => (
            <tr key={key.vkey}>
              <th scope="row" className="mono">
                {key.vkey}
              </th>
              <td>{key.since ? <Ago at={key.since} /> : "the beginning"}</td>
              <td>{key.until ? <Ago at={key.until} /> : "signs today"}</td>
            </tr>
          ))
        }
      />
      <TableCard
        title="Timestamps"
        note="An authority outside signed that these records were there at its time."
        query={stamps}
        columns={["Up to record", "Stamped", "Together with"]}
        rows={({ data }) =>
          data.length === 0 ? (
            <tr>
              <td colSpan={3} className="muted">
                No authority stamps this record. Whoever runs the server can name one.
              </td>
            </tr>
          ) : (
            data.map((stamp) => (
              <tr key={stamp.size}>
                <th scope="row" className="num">
                  {stamp.size.toLocaleString("en")}
                </th>
                <td>
                  <Ago at={stamp.at} />
                </td>
                <td className="num">{plural(stamp.tree_size - 1, "other chain")}</td>
              </tr>
            ))
          )
        }
      />
    </>
  );
}
