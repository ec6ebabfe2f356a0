// Tokens of links stand in the fragment, which browsers send to nobody. They leave the address at
// once, so that they do not stay in the history either.
import { useEffect, useState } from "react";

/** The token of the address; it is gone from there after the first drawing. */
export function useLinkToken(): string {
  const [token] = useState(readToken);
  useEffect(() => {
    if (location.hash) history.replaceState(history.state, "", location.pathname);
  }, []);
  return token;
}

function readToken(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    // Not percent-encoded as it should be: no token of ours.
    return "";
  }
}

const invitationKey = "atalaya.invitation";

/** An invitation waits in this tab while its reader logs in. */
export function keepInvitation(token: string): void {
  try {
    sessionStorage.setItem(invitationKey, token);
  } catch {
    // Without storage the reader opens the link again after logging in.
  }
}

export function keptInvitation(): string {
  try {
    return sessionStorage.getItem(invitationKey) ?? "";
  } catch {
    return "";
  }
}

export function dropInvitation(): void {
  try {
    sessionStorage.removeItem(invitationKey);
  } catch {
    // Then none was kept.
  }
}
