"""Prometheus' remote write 1.0, written by hand: Protocol Buffers in one block of Snappy that repeats nothing."""

import struct

import client

MEDIA = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy",
         "X-Prometheus-Remote-Write-Version": "0.1.0"}


def varint(value):
    out = b""
    value &= (1 << 64) - 1
    while value >= 0x80:
        out += bytes([value & 0x7f | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def series(labels, samples):
    """`labels` as pairs in the order of sending, `samples` as pairs of milliseconds and value."""
    out = b"".join(field(1, field(1, name.encode()) + field(2, value.encode())) for name, value in labels)
    for time_ms, value in samples:
        out += field(2, varint(1 << 3 | 1) + struct.pack("<d", value) + varint(2 << 3) + varint(time_ms))
    return field(1, out)


def snappy(plain):
    out = varint(len(plain))
    for at in range(0, len(plain), 60):
        piece = plain[at:at + 60]
        out += bytes([len(piece) - 1 << 2]) + piece
    return out


def snappy_bomb(copies=300_000):
    """A literal byte, and then as many copies of 64 bytes as are asked for: 21 times its own length."""
    return varint(1 + 64 * copies) + b"\0a" + b"\xfe\x01\x00" * copies


def make_key(browser, *scopes):
    """A key of the browser's team that may be used at once."""
    keys = browser.in_team("/api-keys")
    made = browser.call("POST", keys, {"name": scopes[0], "env": "test", "scopes": list(scopes)})
    browser.call("POST", f"{keys}/{made['id']}/ack")
    return made["key"]


def send(browser, key, method, path, body=b"", headers=None):
    """As a program with a key, on a connection of its own; of the browser only the server's address is used."""
    connection = browser.copy().connect()
    connection.request(method, "/prometheus/api/v1/" + path, body, {"Authorization": f"Bearer {key}"} | (headers or {}))
    answer = client.Answer(connection.getresponse())
    connection.close()
    return answer


def write(browser, key, block, headers=None):
    return send(browser, key, "POST", "write", block, MEDIA | (headers or {}))
