// The one-time set-up link of a fresh instance.
import { Link } from "@tanstack/react-router";
import { useLinkToken } from "../lib/linkToken";
import { Gate } from "./Gate";
import { SignupForm } from "./SignupForm";

export function SetupPage() {
  const token = useLinkToken();
  if (!token) {
    return (
      <Gate title="The set-up link is incomplete">
        <p className="muted">
          Copy the whole link that the server printed, with everything after the # sign. If the
          first account exists already, <Link to="/login">log in</Link>.
        </p>
      </Gate>
    );
  }
  return (
    <Gate
      title="Set up Atalaya"
      lead={<p>This makes the first account and its team. The link works once.</p>}
    >
      <SignupForm setupToken={token} />
    </Gate>
  );
}
