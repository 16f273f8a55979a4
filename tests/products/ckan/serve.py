"""CKAN with three datasets of which one is private: serve.py PORT FOLDER DATABASE, beside a stand-in for its search engine.

CKAN asks Solr which datasets there are. The stand-in keeps what CKAN gives it to keep and gives it back by the three things that matter
here: the fields that must match, the order, and from where. Everything that a client is told is CKAN's own.
"""

import json
import re
import sys
import threading
from urllib.parse import parse_qs
from xml.etree import ElementTree

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

PORT, FOLDER, DATABASE = int(sys.argv[1]), sys.argv[2], sys.argv[3]
KEPT = {}


def take(body):
    """Documents as pysolr writes them: JSON, or XML for what is taken away."""
    if body[:1] == b"<":
        for asked in ElementTree.fromstring(body).iter("query"):
            name = re.search(r'id:"?([^" )]+)', asked.text or "")
            for key in [key for key, kept in KEPT.items() if name and name[1] in (kept["id"], kept.get("name"))]:
                del KEPT[key]
        return
    for document in json.loads(body):
        KEPT[document["index_id"]] = document


def fits(document, wanted):
    """`+field:value`, `+field:"value"` and `+field:("a" OR "b")`; other words fit everything."""
    for field, text in re.findall(r'\+?(\w+):(\([^)]*\)|"[^"]*"|[^\s)]+)', wanted):
        values = re.findall(r'"([^"]*)"', text) or [text.strip("()")]
        own = document.get(field, [])
        own = [str(one) for one in (own if isinstance(own, list) else [own])]
        if field in document and not set(values) & set(own):
            return False
    return True


def solr(environ, start):
    request = Request(environ)
    if request.path.endswith("/schema"):
        answer = Response('<schema name="ckan-2.12"/>', mimetype="text/xml")
    elif "/update" in request.path:
        take(request.get_data())
        answer = Response("<response/>", mimetype="text/xml")
    else:
        asked = {**parse_qs(request.query_string.decode()), **parse_qs(request.get_data().decode())}
        wanted = " ".join(asked.get("fq", []))
        found = [one for one in KEPT.values() if fits(one, wanted)]
        found.sort(key=lambda one: (one["metadata_modified"], one["id"]), reverse=True)
        first, rows = int(asked.get("start", ["0"])[0]), int(asked.get("rows", ["10"])[0])
        docs = {"numFound": len(found), "start": first, "docs": found[first:first + rows]}
        counts = {"facet_fields": {}, "facet_queries": {}, "facet_ranges": {}}
        answer = Response(json.dumps({"response": docs, "facet_counts": counts}), mimetype="application/json")
    return answer(environ, start)


search = make_server("127.0.0.1", 0, solr, threaded=True)
threading.Thread(target=search.serve_forever, daemon=True).start()

settings = open(f"{FOLDER}/ckan.ini", encoding="utf-8").read()
for key, value in {
    "sqlalchemy.url": DATABASE, "solr_url": f"http://127.0.0.1:{search.server_port}/solr/ckan", "ckan.site_url": f"http://127.0.0.1:{PORT}",
    "ckan.storage_path": FOLDER, "ckan.plugins": "", "ckan.tracking_enabled": "false",
}.items():
    settings, times = re.subn(rf"(?m)^\s*#?\s*{re.escape(key)} *=.*$", lambda _, line=f"{key} = {value}": line, settings)
    if not times:
        settings += f"\n{key} = {value}\n"
with open(f"{FOLDER}/ckan.ini", "w", encoding="utf-8") as file:
    file.write(settings)

from ckan.cli import load_config  # noqa: E402
from ckan.config.middleware import make_app  # noqa: E402

config = load_config(f"{FOLDER}/ckan.ini")
app = make_app(config)

from ckan import model  # noqa: E402
from ckan.plugins.toolkit import get_action  # noqa: E402


def call(action, **fields):
    return get_action(action)({"user": "admin", "ignore_auth": True}, fields)


with app._wsgi_app.test_request_context():
    model.repo.init_db()
    admin = model.User(name="admin", password="Rahasia-contoh-1", email="admin@example.org", sysadmin=True)
    model.Session.add(admin)
    model.Session.commit()
    owner = call("organization_create", name="kominfo", title="Dinas Kominfo (contoh)")
    for number, private in [(1, False), (2, True), (3, False)]:
        call(
            "package_create", name=f"data-{number}", title=f"Data contoh {number} – café", notes="Uraian **contoh** <b>tebal</b>.", private=private,
            owner_org=owner["id"], license_id="cc-by", resources=[{"url": "http://contoh.example/a.csv", "format": "CSV"}])
    with open(f"{FOLDER}/token", "w", encoding="utf-8") as file:
        file.write(call("api_token_create", user="admin", name="hub")["token"])

listener = make_server("127.0.0.1", PORT, app, threaded=True)
open(f"{FOLDER}/ready", "w").close()
listener.serve_forever()
