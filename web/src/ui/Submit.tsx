// The button that sends the form around it, and shows that the answer is on its way.
import { type ReactNode, use } from "react";
import { Button, type ButtonLook } from "./Button";
import { FormContext } from "./Form";

type Props = { look?: ButtonLook; whileBusy?: string; children: ReactNode };

export function Submit({ look, whileBusy, children }: Props) {
  const { busy } = use(FormContext);
  return (
    <Button type="submit" look={look} busy={busy}>
      {busy && whileBusy ? whileBusy : children}
    </Button>
  );
}
