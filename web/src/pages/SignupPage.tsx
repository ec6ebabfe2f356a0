// Open sign-up, where the instance allows it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { instanceQuery } from "../api/queries";
import { Gate } from "./Gate";
import { SignupForm } from "./SignupForm";

export function SignupPage() {
  const { data: instance } = useQuery(instanceQuery);
  const foot = (
    <p>
      Have an account? <Link to="/login">Log in</Link>
    </p>
  );
  if (instance && instance.signup_mode !== "open") {
    return (
      <Gate title="Sign-up is closed here" foot={foot}>
        <p className="muted">Ask an owner or admin of the team for an invitation.</p>
      </Gate>
    );
  }
  return (
    <Gate title="Create your account" foot={foot}>
      <SignupForm />
    </Gate>
  );
}
