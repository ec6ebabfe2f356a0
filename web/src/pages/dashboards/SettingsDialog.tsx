// What a dashboard is called and how it begins. The present view can become the beginning.

import { formatSpan } from "../../lib/clock";
import { type Content, refreshChoices } from "../../lib/dashboard";
import type { Setting } from "../../lib/dashboardVariables";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { DialogActions, Modal } from "../../ui/Overlay";
import { Submit } from "../../ui/Submit";
import type { DashboardSearch } from "./useDashboardView";

type Props = {
  content: Content;
  shown: { search: DashboardSearch; range: string; settings: Setting[] };
  onChange: (change: Partial<Content>) => void;
  onClose: () => void;
};

export function SettingsDialog({ content, shown, onChange, onClose }: Props) {
  const { name, description, body } = content;
  const choices = [...new Set([body.refresh_s, ...refreshChoices])].filter((one) => one > 0);
  const takeView = () => {
    const { search, range, settings } = shown;
    const variables = body.variables.map((variable) => {
      const setting = settings.find((one) => one.variable.name === variable.name);
      return setting ? { ...variable, chosen: setting.chosen } : variable;
    });
    const kept = { from: `now-${range}`, to: "now" };
    const refresh_s = search.refresh ?? body.refresh_s;
    onChange({ body: { ...body, range: kept, refresh_s, variables } });
    onClose();
  };
  return (
    <Modal open onClose={onClose} title="Settings">
      <Form
        label="Settings"
        onSubmit={async ({ name = "", description = "", from = "", to = "", refresh = "0" }) => {
          const range = { from: from.trim(), to: to.trim() };
          const changed = { ...body, range, refresh_s: Number(refresh) };
          onChange({ name: name.trim(), description, body: changed });
          onClose();
        }}
      >
        <Field label="Name" name="name" defaultValue={name} maxLength={200} />
        <Field
          label="Description"
          name="description"
          defaultValue={description}
          rows={2}
          maxLength={2000}
          optional
        />
        <Field
          label="Begins at"
          name="from"
          defaultValue={body.range.from}
          maxLength={64}
          hint="now-6h, now/d, or a time as 2026-11-23T10:00:00Z"
        />
        <Field label="Ends at" name="to" defaultValue={body.range.to} maxLength={64} />
        <Field
          label="Refreshed"
          name="refresh"
          defaultValue={String(body.refresh_s)}
          options={[
            { value: "0", label: "when asked" },
            ...choices.map((one) => ({ value: String(one), label: `every ${formatSpan(one)}` })),
          ]}
        />
        <DialogActions>
          <Button onClick={takeView}>Begin as shown now</Button>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Submit look="primary">Take over</Submit>
        </DialogActions>
      </Form>
    </Modal>
  );
}
