"""Pushes of Python's CloudEvents SDK and of Python's Standard Webhooks library, sent to a running hub by Python's own HTTP client.

push.py HOST PORT CA: sends each delivery and prints one line of JSON for each: its name, the status, the answer. Everything is made up.
"""

import http.client
import json
import socket
import ssl
import sys
from datetime import datetime, timedelta, timezone

from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks import Webhook

HOST, PORT, CA = sys.argv[1:]
WITA = timezone(timedelta(hours=8))
BEARER = {"authorization": "Bearer token-contoh"}


def send(name, path, headers, body):
    connection = http.client.HTTPConnection(HOST, int(PORT))
    plain = socket.create_connection(("127.0.0.1", int(PORT)), timeout=20)
    connection.sock = ssl.create_default_context(cafile=CA).wrap_socket(plain, server_hostname=HOST)
    connection.request("POST", f"/api/v1/ingest/{path}", body=body, headers=headers)
    answer = connection.getresponse()
    print(json.dumps([name, answer.status, json.loads(answer.read())]), flush=True)


def event(number, data, **more):
    return CloudEvent(
        attributes={
            "id": f"py-{number}", "source": "/surat/dinas contoh", "type": "surat.masuk", "specversion": "1.0",
            "time": datetime(2026, 11, 24, 9, 0, tzinfo=WITA), **more,
        },
        data=data,
    )


letter = {"nomor": "005/1/UM", "perihal": "Undangan – café"}
for name, write in [("structured", to_structured_event), ("binary", to_binary_event)]:
    for what, made in [
        ("json", event(name, {**letter, "nomor": f"005/1/{name}"}, datacontenttype="application/json", unit="Umum & é")),
        ("bytes", event(f"{name}-b", json.dumps({**letter, "nomor": f"005/2/{name}"}).encode(), datacontenttype="application/json")),
    ]:
        message = write(made)
        send(f"{name} {what}", "surat", {**message.headers, **BEARER}, message.body)

for name, secret, age in [
    ("good", "whsec_cmFoYXNpYSBjb250b2g=", 0), ("again", "whsec_cmFoYXNpYSBjb250b2g=", 0),
    ("old", "whsec_cmFoYXNpYSBjb250b2g=", 301), ("wrong", "whsec_bGFpbg==", 0),
]:
    now = datetime.now(tz=timezone.utc) - timedelta(seconds=age)
    body = json.dumps({"type": "izin.terbit", "timestamp": "2026-11-24T09:00:00+08:00", "data": {"nomor": "IZ-1", "hal": "Izin contoh"}})
    headers = {
        "content-type": "application/json", "webhook-id": "msg_py_1", "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_py_1", now, body),
    }
    send(f"webhook {name}", "izin", headers, body)
