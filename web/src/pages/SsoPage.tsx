// A team's own single sign-on: what its provider must know, and what is made of what it says.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, send } from "../api/client";
import { problemOf } from "../api/problem";
import { ssoQuery } from "../api/queries";
import type { SsoConnection, SsoMapping } from "../api/types";
import { showDone } from "../lib/notices";
import { readDomains, readMapping } from "../lib/ssoDraft";
import { useCan, useTeamId } from "../shell/team";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { Confirm } from "../ui/Confirm";
import { CopyBlock } from "../ui/CopyBlock";
import { Empty, Loading } from "../ui/Empty";
import { Field, Tick } from "../ui/Field";
import { Form, type Values } from "../ui/Form";
import { PageHeader } from "../ui/PageHeader";
import { ProblemNote } from "../ui/ProblemNote";
import { Submit } from "../ui/Submit";
import pages from "./pages.module.css";
import { SsoMappings } from "./SsoMappings";

export function SsoPage() {
  const team = useTeamId();
  const canSecure = useCan("team.security");
  const { data, error, isPending } = useQuery({ ...ssoQuery(team), enabled: canSecure });
  return (
    <>
      <PageHeader title="Single sign-on">{data?.settings && <Remove sso={data} />}</PageHeader>
      <div className={pages.page}>
        {!canSecure && <Empty title="Only owners set up single sign-on." />}
        {canSecure && isPending && <Loading what="single sign-on" />}
        {error && <ProblemNote problem={problemOf(error)} />}
        {data && (
          <div className={`${pages.stack} ${pages.narrow}`}>
            <ForProvider sso={data} />
            <Settings key={data.revision} sso={data} />
          </div>
        )}
      </div>
    </>
  );
}

function ForProvider({ sso }: { sso: SsoConnection }) {
  return (
    <Card title="For the provider and for your members">
      <div className={pages.stack}>
        <p className="muted">
          Register Atalaya at your OpenID provider as a web application with this redirect URI. It
          is asked for the scopes openid, email and profile, and every log-in uses PKCE.
        </p>
        <CopyBlock label="Redirect URI" text={sso.redirect_uri} />
        <p className="muted">Members begin here:</p>
        <CopyBlock label="Link for members" text={sso.start_url} />
      </div>
    </Card>
  );
}

function Settings({ sso }: { sso: SsoConnection }) {
  const team = useTeamId();
  const client = useQueryClient();
  const settings = sso.settings;
  const [mapping, setMapping] = useState<SsoMapping[]>(settings?.role_mapping ?? []);
  const save = async (values: Values) => {
    const role = values["settings/default_role"];
    const changed = await send(
      api.PUT("/api/v1/teams/{team}/sso", {
        params: { path: { team } },
        headers: { "If-Match": `"${sso.revision}"` },
        body: {
          settings: {
            issuer: values["settings/issuer"] ?? "",
            client_id: values["settings/client_id"] ?? "",
            allowed_domains: readDomains(values["settings/allowed_domains"] ?? ""),
            groups_claim: values["settings/groups_claim"] ?? "",
            role_mapping: readMapping(mapping),
            default_role: role ? (role as SsoMapping["role"]) : null,
            create_members: values.create_members === "on",
            trust_second_factor: values.trust_second_factor === "on",
            only: values.only === "on",
          },
          client_secret: values.client_secret || null,
        },
      }),
    );
    client.setQueryData(ssoQuery(team).queryKey, changed);
    void client.invalidateQueries({ queryKey: ["team", team, "members"] });
    showDone("Single sign-on saved", changed.settings?.issuer);
  };
  return (
    <Card title={settings ? "Connection" : "Set up the connection"}>
      <Form label="Single sign-on" onSubmit={save}>
        <Field
          label="Issuer"
          name="settings/issuer"
          type="url"
          placeholder="https://login.example.com"
          defaultValue={settings?.issuer ?? ""}
          hint="Exactly as the provider names itself. It is asked before anything is saved."
        />
        <Field
          label="Client ID"
          name="settings/client_id"
          defaultValue={settings?.client_id ?? ""}
        />
        <Field
          label="Client secret"
          name="client_secret"
          type="password"
          autoComplete="off"
          optional
          hint={
            sso.has_secret
              ? "There is one. It is never shown again; leave this empty to keep it."
              : "Leave this empty for a public client."
          }
        />
        <Field
          label="Domains"
          name="settings/allowed_domains"
          rows={2}
          optional
          defaultValue={settings?.allowed_domains.join("\n") ?? ""}
          hint="One to a line. Only addresses of these come in. Without any, every address that the provider has verified."
        />
        <Tick
          name="create_members"
          label="Make members of those who come for the first time"
          defaultChecked={settings?.create_members ?? false}
        />
        <Field
          label="Role of new members"
          name="settings/default_role"
          optional
          options={[
            { value: "", label: "none, unless a group gives one" },
            { value: "viewer", label: "viewer" },
            { value: "member", label: "member" },
            { value: "admin", label: "admin" },
          ]}
          defaultValue={settings?.default_role ?? ""}
        />
        <Field
          label="Claim with the groups"
          name="settings/groups_claim"
          optional
          placeholder="groups"
          defaultValue={settings?.groups_claim ?? ""}
          hint="Where groups are mapped, they set a member's role at each log-in. Owners keep theirs."
        />
        <SsoMappings rows={mapping} onChange={setMapping} />
        <div>
          <Button onClick={() => setMapping([...mapping, { group: "", role: "viewer" }])}>
            <Plus aria-hidden="true" />
            Map a group
          </Button>
        </div>
        <Tick
          name="trust_second_factor"
          label="Trust the provider's second factor"
          defaultChecked={settings?.trust_second_factor ?? false}
          hint="Only if it says in the claim amr that one was used."
        />
        <Tick
          name="only"
          label="Members enter by single sign-on only"
          defaultChecked={settings?.only ?? false}
          hint="Owners keep their password as a way in. Everybody else is locked out of this team, at once, until they come by it. API keys go on working."
        />
        <div>
          <Submit look="primary" whileBusy="Asking the provider">
            Save
          </Submit>
        </div>
      </Form>
    </Card>
  );
}

function Remove({ sso }: { sso: SsoConnection }) {
  const team = useTeamId();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Button onClick={() => setAsked(true)}>
        <Trash2 aria-hidden="true" />
        Remove
      </Button>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title="Remove single sign-on?"
        text="Whoever came by it is signed out at once. Members who have no password set one by “Forgot your password?”."
        act="Remove single sign-on"
        run={async () => {
          const headers = { "If-Match": `"${sso.revision}"` };
          await send(
            api.DELETE("/api/v1/teams/{team}/sso", { params: { path: { team } }, headers }),
          );
          await client.invalidateQueries({ queryKey: ssoQuery(team).queryKey });
          showDone("Single sign-on removed");
        }}
      />
    </>
  );
}
