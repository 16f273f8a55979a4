// A SOAP service of npm's `soap` behind a WS-Security UsernameToken, for the tests. The library reads the token and computes the digest;
// a nonce is taken once. Everything is made up. It listens on a free port of the loopback and prints that port.
import http from 'node:http'
import soap from 'soap'

const PASSWORD = 'Sandi <buatan> & 1'
const WSDL = `<definitions name="Izin" targetNamespace="urn:contoh:izin" xmlns:t="urn:contoh:izin"
  xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns="http://schemas.xmlsoap.org/wsdl/">
<types><x:schema targetNamespace="urn:contoh:izin" elementFormDefault="qualified">
 <x:element name="Daftar"><x:complexType><x:sequence><x:element name="jumlah" type="x:int"/></x:sequence></x:complexType></x:element>
 <x:element name="DaftarResponse"><x:complexType><x:sequence>
  <x:element name="Izin" maxOccurs="unbounded"><x:complexType><x:sequence>
   <x:element name="id" type="x:string"/><x:element name="title" type="x:string"/></x:sequence></x:complexType></x:element>
 </x:sequence></x:complexType></x:element>
</x:schema></types>
<message name="In"><part name="parameters" element="t:Daftar"/></message>
<message name="Out"><part name="parameters" element="t:DaftarResponse"/></message>
<portType name="P"><operation name="Daftar"><input message="t:In"/><output message="t:Out"/></operation></portType>
<binding name="B" type="t:P"><s:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
 <operation name="Daftar"><s:operation soapAction="urn:contoh:izin#Daftar"/><input><s:body use="literal"/></input><output><s:body use="literal"/></output></operation></binding>
<service name="Izin"><port name="Port" binding="t:B"><s:address location="http://127.0.0.1/"/></port></service>
</definitions>`

const list = (count) => Array.from({ length: count }, (_, n) => ({ id: `IZ-${n + 1}`, title: `Izin contoh ${n + 1}` }))
const nonces = new Set()

function known(security) {
  const token = security?.UsernameToken
  const nonce = token?.Nonce?.$value ?? token?.Nonce
  const kind = token?.Password?.attributes?.Type ?? ''
  const age = Math.abs(Date.now() - Date.parse(token?.Created))
  if (token?.Username !== 'hub' || !nonce || nonces.has(nonce) || !(age < 300_000)) return false
  nonces.add(nonce)
  const right = kind.endsWith('#PasswordDigest') ? soap.passwordDigest(nonce, token.Created, PASSWORD) : PASSWORD
  return token.Password.$value === right
}

const server = http.createServer((_, answer) => { answer.statusCode = 404; answer.end() })
const service = soap.listen(server, '/izin', { Izin: { Port: { Daftar: (asked) => ({ Izin: list(Number(asked.jumlah)) }) } } }, WSDL)
service.authenticate = known
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
