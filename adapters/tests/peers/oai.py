"""An OAI-PMH 2.0 repository made of pyoai, for the tests: batches with resumption tokens, and one deleted record.

Everything is made up. It listens on a free port of the loopback and prints that port.
"""

import cgi
from datetime import datetime
from urllib.parse import parse_qs, parse_qsl

from oaipmh import common, error, metadata, server
from werkzeug.serving import make_server

# pyoai decodes its tokens by what Python has elsewhere since 3.8.
cgi.parse_qs = parse_qs

RECORDS = [(number, datetime(2026, 11, number), number == 4) for number in range(1, 8)]


def header(number, stamp, deleted):
    return common.Header(None, f"oai:contoh:{number}", stamp, [], deleted)


def record(number, stamp, deleted):
    if deleted:
        return header(number, stamp, True), None, None
    fields = {"title": [f"Arsip contoh {number} <&>"], "type": ["Teks"]}
    return header(number, stamp, False), common.Metadata(None, fields), None


class Repository:
    def identify(self):
        return common.Identify(
            repositoryName="Arsip contoh", baseURL="http://127.0.0.1/", protocolVersion="2.0",
            adminEmails=["contoh@contoh.example"], earliestDatestamp=datetime(2026, 11, 1),
            deletedRecord="persistent", granularity="YYYY-MM-DDThh:mm:ssZ", compression=["identity"])

    def listMetadataFormats(self, identifier=None):
        return [("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
                 "http://www.openarchives.org/OAI/2.0/oai_dc/")]

    def listRecords(self, metadataPrefix, set=None, from_=None, until=None, cursor=0, batch_size=3):
        found = [one for one in RECORDS if from_ is None or one[1] >= from_]
        if not found:
            raise error.NoRecordsMatchError("nothing since then")
        return [record(*one) for one in found[cursor:cursor + batch_size]]


registry = metadata.MetadataRegistry()
registry.registerWriter("oai_dc", server.oai_dc_writer)
oai = server.BatchingServer(Repository(), registry, resumption_batch_size=3)


def answer(environ, start):
    asked = dict(parse_qsl(environ["QUERY_STRING"]))
    body = oai.handleRequest(asked)
    start("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
    return [body]


listener = make_server("127.0.0.1", 0, answer, threaded=True)
print(listener.server_port, flush=True)
listener.serve_forever()
