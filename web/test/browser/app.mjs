// An authenticator app for the tests that log in: the library otpauth, which shares nothing with the
// server or its stand-in.
import { Secret, TOTP } from "otpauth";

const period = 30;

function stepNow() {
  return Math.floor(Date.now() / 1000 / period);
}

/** A code that the server has not seen yet: each counts once, and one step ahead is accepted. */
export async function freshCode(app) {
  const step = Math.max(stepNow(), (app.lastStep ?? 0) + 1);
  while (step > stepNow() + 1) await new Promise((resolve) => setTimeout(resolve, 200));
  app.lastStep = step;
  const totp = new TOTP({ secret: Secret.fromBase32(app.secret), period });
  return totp.generate({ timestamp: step * period * 1000 });
}
