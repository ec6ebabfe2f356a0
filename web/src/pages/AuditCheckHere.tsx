// The listed stretch of the record, checked by the reader's own browser against a signed checkpoint:
// the server's newest, or one that the reader kept elsewhere. Loaded when it is opened.
import { useState } from "react";
import { api, send, withQuery } from "../api/client";
import { ProblemError } from "../api/problem";
import type { AuditLink } from "../api/types";
import { type Fault, findBrokenLink, liesUnder } from "../lib/chainCheck";
import { plural } from "../lib/format";
import { isSigned, readCheckpoint, readKey } from "../lib/signedNote";
import { useTeamId } from "../shell/team";
import { Field } from "../ui/Field";
import { Form, type Values } from "../ui/Form";
import { Drawer } from "../ui/Overlay";
import { StatusPill } from "../ui/StatusMark";
import { Submit } from "../ui/Submit";
import styles from "./AuditPage.module.css";

/** Numbers of the listed records. Under a query, those between are checked too. */
type Props = { newest: number; oldest: number; onClose: () => void };

type Tone = "up" | "down" | "pending";
type Finding = { tone: Tone; text: string };

const linksOfPage = 500;
const linksMax = 10_000;

export function AuditCheckHere({ newest, oldest, onClose }: Props) {
  const team = useTeamId();
  const to = newest;
  const from = Math.max(oldest, to - linksMax + 1);
  const [findings, setFindings] = useState<Finding[]>([]);
  const check = async (values: Values) => {
    setFindings([]);
    setFindings(await checkStretch(team, from, to, values.checkpoint ?? "", values.key ?? ""));
  };
  return (
    <Drawer
      open
      onClose={onClose}
      title="Check in this browser"
      note={<span className="faint num">{`records ${from} to ${to}`}</span>}
    >
      <p>
        Your browser recomputes each hash, follows the links, and looks whether they lie under a
        signed checkpoint. With a checkpoint and a key that you kept elsewhere, it takes nothing
        that the server says of itself.
      </p>
      <Form label="What to check against" onSubmit={check}>
        <Field
          label="Checkpoint kept elsewhere"
          name="checkpoint"
          optional
          rows={5}
          spellCheck={false}
          hint="From a witness, a file or an auditor. Left empty, the server's newest is taken."
        />
        <Field
          label="Signing key kept elsewhere"
          name="key"
          optional
          spellCheck={false}
          hint="As name+id+key. Left empty, the key is the one that the server names."
        />
        <Submit>Check</Submit>
      </Form>
      <ul className={styles.findings} aria-live="polite">
        {findings.map((finding) => (
          <li key={finding.text}>
            <StatusPill tone={finding.tone}>{finding.text}</StatusPill>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}

async function readLinks(team: string, from: number, to: number): Promise<AuditLink[]> {
  const links: AuditLink[] = [];
  for (let cursor = to + 1; cursor > from; ) {
    const limit = Math.min(linksOfPage, cursor - from);
    const params = withQuery({ path: { team } }, { limit, cursor });
    const page = await send(api.GET("/api/v1/teams/{team}/audit/links", { params }));
    links.push(...page.data);
    if (!page.next) break;
    cursor = Number(page.next);
  }
  return links;
}

async function checkStretch(
  team: string,
  from: number,
  to: number,
  kept: string,
  keptKey: string,
): Promise<Finding[]> {
  const links = await readLinks(team, from, to);
  const broken: Fault =
    links.length === to - from + 1
      ? await findBrokenLink(links)
      : { seq: from, reason: "the server did not send all that it lists" };
  if (broken) return [{ tone: "down", text: `Record ${broken.seq}: ${broken.reason}` }];
  const recomputed = `${plural(links.length, "record")} recomputed, each following the one before`;
  return [{ tone: "up", text: recomputed }, ...(await checkSigned(team, links, kept, keptKey))];
}

async function checkSigned(
  team: string,
  links: AuditLink[],
  kept: string,
  keptKey: string,
): Promise<Finding[]> {
  const params = withQuery({ path: { team } }, { limit: 1 });
  const stored = await send(api.GET("/api/v1/teams/{team}/audit/checkpoints", { params }));
  const newest = stored.data[0];
  const note = kept.trim() || newest?.note;
  if (!note) return [{ tone: "pending", text: "No checkpoint is signed yet" }];
  const checkpoint = await readField("checkpoint", () => readCheckpoint(note));
  const vkey = keptKey.trim() || newest?.vkey || "";
  const key = await readField("key", () => readKey(vkey));
  const top = links.find((link) => link.seq <= checkpoint.size);
  const covered = `the checkpoint of ${plural(checkpoint.size, "record")}`;
  if (!top) return [{ tone: "pending", text: `These records are newer than ${covered}` }];
  const proofOf = withQuery({ path: { team } }, { seq: top.seq, size: checkpoint.size });
  const found = await send(
    api.GET("/api/v1/teams/{team}/audit/proof/inclusion", { params: proofOf }),
  );
  const lies = await liesUnder(checkpoint, top, found.proof);
  const findings: Finding[] = [
    lies
      ? { tone: "up", text: `Up to record ${top.seq} they lie under ${covered}` }
      : { tone: "down", text: `Record ${top.seq} does not lie under ${covered}` },
  ];
  const signed = await isSigned(checkpoint, key);
  const name = `${key.name}, key ${key.keyId}`;
  if (signed) findings.push({ tone: "up", text: `Signed by ${name}` });
  else if (signed === null)
    findings.push({
      tone: "pending",
      text: "This browser cannot check Ed25519: use atalaya-verify",
    });
  else findings.push({ tone: "down", text: `Not signed by ${name}` });
  return findings;
}

/** What cannot be read is told at its field. */
async function readField<T>(name: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (failure) {
    const detail = failure instanceof Error ? failure.message : "";
    throw new ProblemError({
      type: "about:blank",
      title: "The entry cannot be read",
      status: 422,
      detail: "Correct the field, or leave it empty.",
      code: "invalid",
      request_id: "",
      errors: [{ pointer: `/${name}`, code: "format", detail }],
    });
  }
}
