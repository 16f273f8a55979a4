"""A SOAP 1.2 service made of spyne, for the tests: permits page by page, and a fault for who asks for too much.

Everything is made up. It listens on a free port of the loopback and prints that port.
"""

from spyne import Application, ComplexModel, Fault, Integer, Iterable, ServiceBase, Unicode, rpc
from spyne.protocol.soap import Soap12
from spyne.server.wsgi import WsgiApplication
from werkzeug.serving import make_server

NAMESPACE = "http://layanan.example/"


class Izin(ComplexModel):
    __namespace__ = NAMESPACE
    Nomor = Unicode
    Perihal = Unicode
    Status = Unicode


class Perizinan(ServiceBase):
    @rpc(Integer, Integer, _returns=Iterable(Izin))
    def DaftarIzin(ctx, halaman, jumlah):
        if jumlah > 100:
            raise Fault("Client", "jumlah paling banyak 100")
        page = range((halaman - 1) * jumlah + 1, min(halaman * jumlah, 5) + 1)
        return [Izin(Nomor=f"IZ-{n}", Perihal=f"Izin contoh <{n}> & lainnya", Status="Terbit") for n in page]


application = Application([Perizinan], NAMESPACE, in_protocol=Soap12(), out_protocol=Soap12())
listener = make_server("127.0.0.1", 0, WsgiApplication(application), threaded=True)
print(listener.server_port, flush=True)
listener.serve_forever()
