#!/usr/bin/env python3
"""Measures the hub against the whole simulated city: 143 apps, each a real server on loopback. All data is made up.

    cargo build --release -p divos-gateway && cargo build --release -p divos-city --example whole
    python3 tests/bench/city.py [--bin target/release/divos] [--city target/release/examples/whole] [--size full]
                                [--steady 180] [--bad 180]

First load: from the start of the hub until it holds every item. Steady state: every app polled each minute, processor
time and memory of the hub's process alone. One bad app: how old the data of the other 140 is while one app never answers,
one sends without end and one answers with a page of HTML. PostgreSQL and MariaDB have to be installed. Exits 1 where a goal is missed.
"""

import argparse
import json
import os
import re
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import datetime, timezone

BAD = {"berita": "silence", "e-kinerja": "endless", "sidok": "html"}
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class City:
    def __init__(self, program, size):
        self.process = subprocess.Popen([program, size, "databases"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.apps = [json.loads(self.process.stdout.readline()) for _ in range(143)]

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)


class Hub:
    def __init__(self, args, directory, city):
        self.directory, self.city = directory, city
        self.port, self.admin = free_port(), free_port()
        overlay = os.path.join(directory, "overlay")
        os.mkdir(overlay)
        listed = json.loads(subprocess.run([args.bin, "connector", "list", "--json", "--connectors", args.connectors],
                                           check=True, capture_output=True, text=True).stdout)
        sources = {app["id"]: [name.split(" ")[0] for name in app["sources"]] for app in listed}
        self.pushing = {app["app"] for app in city.apps if app["pushes"]}
        secrets = {}
        for app in city.apps:
            text = app["overlay"]
            if app["app"] not in self.pushing:
                each = "".join(f"  {name}: {{ every: 60s }}\n" for name in sources[app["app"]])
                text += f"sources:\n{each}"
            with open(os.path.join(overlay, app["app"] + ".yaml"), "w") as f:
                f.write(text)
            secrets.update(dict(app["secrets"]))
        folder = os.path.join(directory, "secrets")
        for path, value in secrets.items():
            os.makedirs(os.path.join(folder, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(folder, path), "w") as f:
                f.write(value)
        config = os.path.join(directory, "hub.yaml")
        with open(config, "w") as f:
            f.write(f"""listen: {{ https: ["127.0.0.1:{self.port}"], admin: 127.0.0.1:{self.admin} }}
connectors:
  dir: {os.path.abspath(args.connectors)}
  overlay: {overlay}
  allow_networks: [127.0.0.0/8]
  secrets: {{ {", ".join(f'"{path}": "${{file:{folder}/{path}}}"' for path in secrets)} }}
log: {{ filter: warn, access: false }}
""")
        self.data = os.path.join(directory, "data")
        self.args = [args.bin, "serve", "-c", config, "--data", self.data]
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.args)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=1).read()
                return
            except OSError:
                time.sleep(0.01)
        raise SystemExit("the hub was not ready within 60 s")

    def sources(self):
        return json.load(urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/admin/v1/sources", timeout=30))["sources"]

    def push(self):
        """Pushes everything that apps push, as they would."""
        context = ssl.create_default_context(cafile=os.path.join(self.data, "tls", "ca.pem"))
        context.check_hostname = False
        for app in self.city.apps:
            for push in app["pushes"]:
                request = urllib.request.Request(f"https://127.0.0.1:{self.port}/api/v1/ingest/{app['app']}", method="POST",
                                                 data=push["body"].encode(),
                                                 headers={"Host": "divos.localhost", **dict(push["headers"])})
                urllib.request.urlopen(request, context=context, timeout=60).read()

    def memory(self):
        """Megabytes: now, and at most since the start."""
        with open(f"/proc/{self.process.pid}/status") as f:
            text = f.read()
        return [int(re.search(rf"{name}:\s+(\d+)", text).group(1)) / 1024 for name in ("VmRSS", "VmHWM")]

    def processor(self):
        """Seconds of processor time so far."""
        with open(f"/proc/{self.process.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def first_load(hub, city, limit):
    expected = {app["app"]: app["expected"] for app in city.apps}
    total = sum(expected.values())
    began = time.monotonic()
    hub.start()
    hub.push()
    while True:
        sources = hub.sources()
        held = {}
        for source in sources:
            held[source["app"]] = held.get(source["app"], 0) + source["items"]
        seconds = time.monotonic() - began
        if all(held.get(app, 0) >= most for app, most in expected.items()):
            return seconds, sum(held.values()), total
        if seconds > limit:
            for app, most in expected.items():
                if held.get(app, 0) < most:
                    told = [(s["state"], s["troubles"][:1]) for s in sources if s["app"] == app]
                    print(f"  {app}: {held.get(app, 0)} of {most}: {told}", file=sys.stderr)
            return seconds, sum(held.values()), total
        time.sleep(0.25)


def ages(hub, without, seconds):
    """How old the data of each polled app is, sampled each second; the 95th percentile over all apps and samples."""
    samples, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        now = datetime.now(timezone.utc)
        for source in hub.sources():
            if source["app"] in without or source["app"] in hub.pushing or not source["last_ok"]:
                continue
            samples.append((now - datetime.fromisoformat(source["last_ok"].replace("Z", "+00:00"))).total_seconds())
        time.sleep(1)
    cut = statistics.quantiles(samples, n=100)
    return cut[49], cut[94]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="target/release/divos")
    parser.add_argument("--city", default="target/release/examples/whole")
    parser.add_argument("--connectors", default="connectors.d")
    parser.add_argument("--size", default="full")
    parser.add_argument("--steady", type=int, default=180)
    parser.add_argument("--bad", type=int, default=180)
    parser.add_argument("--limit", type=int, default=400, help="seconds for the first load")
    args = parser.parse_args()
    missed = []

    def row(what, goal, measured, fine):
        print(f"| {what} | {goal} | {measured} |", flush=True)
        if not fine:
            missed.append(what)

    with tempfile.TemporaryDirectory(prefix="divos-bench-") as directory:
        city = City(args.city, args.size)
        hub = Hub(args, directory, city)
        try:
            seconds, held, total = first_load(hub, city, args.limit)
            now, most = hub.memory()
            row("first load", "≤ 120 s", f"{held:,} of {total:,} items in {seconds:.1f} s, {hub.processor():.0f} s of a processor",
                seconds <= 120 and held >= total)
            row("memory after the first load", "≤ 250 MB", f"{now:.0f} MB, at most {most:.0f} MB", most <= 250)
            time.sleep(70)
            before, began = hub.processor(), time.monotonic()
            middle, quiet = ages(hub, BAD, args.steady)
            share = (hub.processor() - before) / (time.monotonic() - began) * 100
            now, most = hub.memory()
            row("steady state, every app each minute", "< 15 % of a core", f"{share:.1f} %", share < 15)
            row("memory in steady state", "≤ 250 MB", f"{now:.0f} MB, at most {most:.0f} MB", most <= 250)
            for app, how in BAD.items():
                city.say(f"break {app} {how}")
            time.sleep(70)
            middle_bad, bad = ages(hub, BAD, args.bad)
            row("age of the others' data, 95th percentile", "within 10 %",
                f"{quiet:.1f} s (median {middle:.1f}), with three bad apps {bad:.1f} s (median {middle_bad:.1f})", bad <= quiet * 1.1)
            now, most = hub.memory()
            row("memory with three bad apps", "≤ 250 MB", f"{now:.0f} MB, at most {most:.0f} MB", most <= 250)
        finally:
            hub.stop()
            city.stop()
    if missed:
        raise SystemExit("missed: " + ", ".join(missed))


if __name__ == "__main__":
    main()
