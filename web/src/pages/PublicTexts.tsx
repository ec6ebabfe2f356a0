// What the operators say on the Trust page in their own words. Every version stays readable.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, send } from "../api/client";
import { publicTextsQuery } from "../api/queries";
import type { PublicText } from "../api/types";
import { showDone } from "../lib/notices";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Form } from "../ui/Form";
import { DialogActions, Modal } from "../ui/Overlay";
import { Submit } from "../ui/Submit";
import { Time } from "../ui/Time";
import pages from "./pages.module.css";
import { TableCard } from "./TableCard";

const longestText = 50_000;

export function PublicTexts() {
  const texts = useQuery(publicTextsQuery);
  const [asked, setAsked] = useState<PublicText | null>(null);
  return (
    <>
      <TableCard
        title="On the Trust page"
        note="in your own words, for everybody; older versions stay readable"
        query={texts}
        columns={["Text", "Version", "Published"]}
        hasActs
        rows={({ data }) =>
          data.map((text) => (
            <tr key={text.kind}>
              <th scope="row">{text.title}</th>
              <td className="num">{text.revision || "–"}</td>
              <td>
                {text.published_at ? (
                  <Time at={text.published_at} />
                ) : (
                  <span className="muted">not written yet</span>
                )}
              </td>
              <td>
                <div className={pages.acts}>
                  <Button onClick={() => setAsked(text)}>Edit</Button>
                </div>
              </td>
            </tr>
          ))
        }
      />
      {asked && <TextDialog text={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function TextDialog({ text, onClose }: { text: PublicText; onClose: () => void }) {
  const client = useQueryClient();
  return (
    <Modal open onClose={onClose} title={text.title}>
      <Form
        label={`Publish ${text.title}`}
        onSubmit={async ({ content = "" }) => {
          const params = { path: { kind: text.kind } };
          const headers = { "If-Match": `"${text.revision}"` };
          const published = await send(
            api.PUT("/api/v1/admin/texts/{kind}", { params, headers, body: { content } }),
          );
          await client.invalidateQueries({ queryKey: publicTextsQuery.queryKey });
          onClose();
          showDone("Published", `${published.title}, version ${published.revision}`);
        }}
      >
        <Field
          label="Text"
          name="content"
          rows={14}
          maxLength={longestText}
          defaultValue={text.content}
          autoFocus
          hint="Everybody can read it. Paragraphs are divided by an empty line."
        />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="primary">Publish</Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
