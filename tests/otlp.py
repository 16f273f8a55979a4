"""A demo of its own sends traces, metrics and logs to a real OTLP receiver: names as OpenTelemetry has them, no person in them.

usage: python otlp.py DIVOS_BINARY (PYTHONPATH=tools/loopback)
"""

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.request

from oteltap import OtelTapHttpProtobufReceiver, OtelTapHttpProtobufReceiverSettings

WAIT = 60
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def attributes(record):
    return {pair.key: pair.value for pair in record.attributes}


def ask(origin, ca):
    request = urllib.request.Request(f"{origin}/login", headers={"traceparent": TRACEPARENT})
    with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=ca), timeout=20) as answer:
        assert answer.status == 200, answer.status


async def main(binary):
    port, seen = free_port(), []
    settings = OtelTapHttpProtobufReceiverSettings(http_port=port, listen_on_all_interfaces=False)
    async with OtelTapHttpProtobufReceiver(settings) as receiver:
        span = asyncio.create_task(receiver.await_trace(lambda s: attributes(s).get("url.path") is not None and attributes(s)["url.path"].string_value == "/login", timeout=WAIT))
        server = asyncio.create_task(receiver.await_metric(lambda m: m.name == "http.server.request.duration", timeout=WAIT))
        runs = asyncio.create_task(receiver.await_metric(lambda m: m.name == "divos.source.run.duration", timeout=WAIT))
        log = asyncio.create_task(receiver.await_log(lambda record: seen.append(record) or bool(record.body.string_value), timeout=WAIT))
        await asyncio.sleep(0)  # the four are listening before anything is sent
        with tempfile.TemporaryDirectory() as data:
            words = [binary, "demo", "--json", "--data", data, "--port", str(free_port()), "--otlp", f"http://127.0.0.1:{port}"]
            demo = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, "DIVOS_LOG__FILTER": "info"})
            try:
                ready = json.loads(await asyncio.to_thread(demo.stdout.readline))
                await asyncio.to_thread(ask, ready["origin"], ready["ca"])
                span, server, runs, log = await asyncio.gather(span, server, runs, log)
            finally:
                demo.terminate()
                ended = await asyncio.to_thread(demo.wait, 40)
    found = attributes(span)
    assert found["http.request.method"].string_value == "GET", found
    assert found["http.response.status_code"].int_value == 200, found
    assert server.unit == "s" and runs.unit == "s", (server.unit, runs.unit)
    points = server.histogram.data_points
    assert any(attributes(point)["http.response.status_code"].int_value for point in points), points
    assert log.severity_number > 0 and log.time_unix_nano + log.observed_time_unix_nano > 0, log
    for record in seen:
        text = str(record)
        assert "99000101" not in text and "@denpasar.example" not in text, text
    assert ended == 0, f"the demo ended with {ended}"
    print(f"a span ({span.name}), {len(points)} points of {server.name}, {len(seen)} log records")


asyncio.run(main(sys.argv[1]))
