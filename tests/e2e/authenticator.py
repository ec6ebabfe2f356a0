"""An authenticator app, from the text of RFC 6238."""

import base64
import hmac
import struct
import time

import client
import programs

STEP_S = 30


def totp(secret, step):
    """RFC 6238 from its text, sharing nothing with the server."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.digest(key, struct.pack(">Q", step), "sha1")
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


class App:
    """An authenticator app that shows no code twice: of the three steps that are good now, the next unused one."""

    def __init__(self, secret):
        self.secret = secret
        self.used = int(time.time()) // STEP_S - 2

    def code(self):
        programs.wait_until("the next code is good", lambda: self.used < int(time.time()) // STEP_S + 1)
        self.used = max(self.used + 1, int(time.time()) // STEP_S - 1)
        return totp(self.secret, self.used)


def enrol(caller):
    """Sets up the caller's second factor; the app, and the recovery codes."""
    app = App(caller.call("POST", "me/totp", {"password": client.PASSWORD})["secret"])
    return app, caller.call("POST", "me/totp/confirm", {"code": app.code()})["recovery_codes"]
