// Leaving is possible from two places: the team's page, and where a locked team stands.
import { api, send } from "../api/client";

export async function leaveTeam(team: string): Promise<void> {
  await send(api.POST("/api/v1/teams/{team}/leave", { params: { path: { team } } }));
}
