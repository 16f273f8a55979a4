#!/usr/bin/env python3
"""Measures the hub as a process: check, start, memory, reload under load. Loopback only, bounded in time.

    python3 tests/bench/hub.py [--bin target/release/divos] [--seconds 60] [--connectors 143] [--connections 32]

Prints a table and exits 1 where a goal is missed. wrk has to be installed (apt-get install wrk).
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

CONNECTOR = """apiVersion: divos/v1
kind: Connector
metadata: {{ name: {id}, title: "Aplikasi contoh {n}", owner: "030801", capability: letter }}
app:
  host: {id}
  upstreams: ["http://127.0.0.1:{port}"]
  sso: {sso}
  policy: [{{ path: /, allow: {allow} }}]
sources:
  surat:
    rest: {{ get: /surat.json }}
    select: data
    paginate: {{ page: {{ param: halaman, size: 50, until: short }} }}
    cursor: {{ field: diubah, start: "2025-01-01T00:00:00Z", overlap: 1h, param: sejak }}
    every: {every}
    deletes: never
    to: letter
    map:
      id: nomor | slug
      title: perihal | text | truncate(280)
      number: nomor
      from: dari | default('-')
      created_at: tanggal | datetime
      updated_at: diubah | datetime
      state: "status | lookup({{'Baru': 'pending', 'Selesai': 'done'}})"
      web: tautan
privacy: {{ class: internal, audience: everyone }}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def nginx(directory, port):
    """A fast upstream, so that the hub is what is measured."""
    conf = os.path.join(directory, "nginx.conf")
    with open(conf, "w") as f:
        f.write(f"""daemon off; worker_processes 1; pid {directory}/nginx.pid; error_log {directory}/nginx.err;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 1000000; client_body_temp_path {directory}; proxy_temp_path {directory};
 fastcgi_temp_path {directory}; uwsgi_temp_path {directory}; scgi_temp_path {directory};
 server {{ listen 127.0.0.1:{port}; default_type application/json; location / {{ return 200 '{{"data": []}}'; }} }} }}
""")
    return subprocess.Popen(["nginx", "-e", f"{directory}/nginx.err", "-c", conf])


def write(directory, i, port, title=None):
    n = f"{i:03}"
    ident = f"app-{n}"
    public = i == 0
    text = CONNECTOR.format(id=ident, n=title or n, port=port, every="1h", sso="public" if public else "none",
                            allow="public" if public else "signed_in")
    path = os.path.join(directory, f"{ident}.yaml")
    with open(path + ".tmp~", "w") as f:
        f.write(text)
    os.replace(path + ".tmp~", path)


class Hub:
    def __init__(self, args, directory, connectors):
        self.data = os.path.join(directory, "data")
        self.port, self.admin = free_port(), free_port()
        self.args = [args.bin]
        self.env = dict(os.environ, DIVOS_LISTEN__HTTPS=f"127.0.0.1:{self.port}",
                        DIVOS_LISTEN__ADMIN=f"127.0.0.1:{self.admin}", DIVOS_LOG__FILTER="warn",
                        DIVOS_CONNECTORS__ALLOW_NETWORKS="127.0.0.0/8", DIVOS_LIMITS__HEADER_TIME="30s",
                        DIVOS_LOG__ACCESS="false", DIVOS_CONNECTORS__WATCH="false")
        self.where = ["--data", self.data, "--connectors", connectors]
        self.process = None

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen(self.args + ["serve"] + self.where, env=self.env)
        url = f"http://127.0.0.1:{self.admin}/readyz"
        while time.monotonic() - began < 30:
            try:
                urllib.request.urlopen(url, timeout=1).read()
                return time.monotonic() - began
            except OSError:
                time.sleep(0.002)
        raise SystemExit("the hub was not ready within 30 s")

    def rss(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) / 1024

    def reload(self):
        request = urllib.request.Request(f"http://127.0.0.1:{self.admin}/admin/v1/reload", method="POST")
        return json.load(urllib.request.urlopen(request, timeout=10))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def at_rest(hub, connectors, upstream):
    """The same reload without any load: what is left of the difference is the wait for a processor."""
    took = []
    for turn in range(20):
        write(connectors, 1 + turn, upstream, title=f"sepi {turn}")
        report = hub.reload()
        assert report["changed"], report
        took.append(report["took_ms"])
        time.sleep(0.3)
    return took


def under_load(hub, args, connectors, upstream):
    """wrk on a proxied app, while one of the connectors changes each second."""
    host = f"app-000.divos.localhost:{hub.port}"
    wrk = subprocess.Popen(["wrk", "-t1", f"-c{args.connections}", f"-d{args.seconds}s", "--timeout", "10s", "-H", f"Host: {host}",
                            f"https://127.0.0.1:{hub.port}/surat.json"], stdout=subprocess.PIPE, text=True)
    took, turn = [], 0
    while wrk.poll() is None:
        turn += 1
        write(connectors, 1 + turn % 100, upstream, title=f"berubah {turn}")
        report = hub.reload()
        assert report["changed"], report
        took.append(report["took_ms"])
        time.sleep(1)
    out = wrk.stdout.read()
    failed = sum(int(n) for n in re.findall(r"(?:connect|read|write|timeout) (\d+)", out))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    done = int(re.search(r"(\d+) requests in", out).group(1))
    return done, failed + (int(bad.group(1)) if bad else 0), took


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="target/release/divos")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--connectors", type=int, default=143)
    parser.add_argument("--connections", type=int, default=32)
    args = parser.parse_args()
    args.bin = os.path.abspath(args.bin)
    rows = []
    directory = tempfile.mkdtemp(prefix="divos-bench-")
    connectors = os.path.join(directory, "connectors.d")
    os.mkdir(connectors)
    upstream = free_port()
    fast = nginx(directory, upstream)
    try:
        for i in range(args.connectors):
            write(connectors, i, upstream)
        hub = Hub(args, directory, connectors)
        checks = []
        for _ in range(7):
            began = time.monotonic()
            subprocess.run([args.bin, "check", "--connectors", connectors, "--data", hub.data], check=True,
                           stderr=subprocess.DEVNULL, cwd=directory)
            checks.append((time.monotonic() - began) * 1e3)
        rows.append((f"`divos check` on {args.connectors}", statistics.median(checks), "ms", 200))
        hub.start()
        hub.stop()
        starts = []
        for _ in range(5):
            starts.append(hub.start() * 1e3)
            hub.stop()
        rows.append(("`divos serve`, start to ready", statistics.median(starts), "ms", 300))
        hub.start()
        time.sleep(20)
        rows.append(("idle memory (RSS)", hub.rss(), "MB", 80))
        quiet = at_rest(hub, connectors, upstream)
        rows.append(("one reload without load, longest", max(quiet), "ms", 20))
        rows.append(("one reload without load, median", statistics.median(quiet), "ms", 20))
        done, failed, took = under_load(hub, args, connectors, upstream)
        rows.append((f"failed requests of {done} under {len(took)} reloads", failed, "", 0))
        rows.append(("one reload, longest", max(took), "ms", 20))
        rows.append(("one reload, median", statistics.median(took), "ms", 20))
        rows.append(("memory after the load (RSS)", hub.rss(), "MB", None))
        hub.stop()
    finally:
        fast.terminate()
        fast.wait()
        shutil.rmtree(directory, ignore_errors=True)
    missed = False
    print("| what | measured | goal |\n|---|---|---|")
    for what, value, unit, goal in rows:
        fine = goal is None or value <= goal
        missed |= not fine
        shown = f"{value:.1f} {unit}".strip() if isinstance(value, float) else f"{value} {unit}".strip()
        print(f"| {what} | {shown}{'' if fine else ' **missed**'} | {'' if goal is None else f'≤ {goal} {unit}'.strip()} |")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
