"""The same announcements as RSS 2.0 and as Atom, written by feedgen, for the tests.

Everything is made up. It listens on a free port of the loopback and prints that port.
"""

from datetime import datetime, timedelta, timezone

from feedgen.feed import FeedGenerator
from werkzeug.serving import make_server

WITA = timezone(timedelta(hours=8))

feed = FeedGenerator()
feed.load_extension("dc")
feed.id("http://berita.contoh.example/")
feed.title("Berita contoh")
feed.description("Pengumuman rekaan")
feed.link(href="http://berita.contoh.example/", rel="alternate")
feed.language("id")
for number in range(1, 4):
    at = datetime(2026, 11, number, 8, 30, tzinfo=WITA)
    entry = feed.add_entry(order="append")
    entry.id(f"urn:contoh:{number}")
    entry.title(f"Pengumuman <{number}> & lainnya – café")
    entry.link(href=f"http://berita.contoh.example/{number}?a=1&b=2")
    entry.description("Isi <b>contoh</b> &amp; rekaan.", isSummary=True)
    entry.content(f"<p>Isi lengkap {number}</p>", type="CDATA")
    entry.author(name="Petugas Contoh", email="petugas@contoh.example")
    entry.category(term="umum")
    entry.enclosure("http://berita.contoh.example/lampiran.pdf", 1024, "application/pdf")
    entry.published(at)
    entry.updated(at + timedelta(hours=1))

WRITTEN = {
    "/rss": ("application/rss+xml", feed.rss_str),
    "/rss-indah": ("text/xml", lambda: feed.rss_str(pretty=True)),
    "/atom": ("application/atom+xml", feed.atom_str),
}


def answer(environ, start):
    kind, write = WRITTEN[environ["PATH_INFO"]]
    start("200 OK", [("Content-Type", kind)])
    return [write()]


listener = make_server("127.0.0.1", 0, answer, threaded=True)
print(listener.server_port, flush=True)
listener.serve_forever()
