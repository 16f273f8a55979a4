//! Made-up documents of any size, written to files.

use flate2::{Compression, write::DeflateEncoder};
use std::fs::File;
use std::io::{BufWriter, Seek as _, Write};
use std::path::Path;

/// Writes a document of a format, about `size` bytes long.
pub(crate) fn write(format: &str, path: &Path, size: u64) -> std::io::Result<()> {
    match format {
        "json" => repeat(path, size, JSON),
        "csv" => csv(path, size),
        "xlsx" => xlsx(path, size),
        "xml" => repeat(path, size, XML),
        "soap" => repeat(path, size, SOAP),
        "oai" => repeat(path, size, OAI),
        "ical" => repeat(path, size, ICAL),
        _ => repeat(path, size, HTML),
    }
}

/// What stands before the records, a record with `{n}` for its number, and what stands after them.
type Frame = (&'static str, &'static str, &'static str);

const JSON: Frame = (
    "{\"status\":\"ok\",\"total\":9,\"data\":{\"items\":[",
    "{\"id\":{n},\"nomor\":\"503/{n}/2026\",\"pemohon\":\"Ni Made (contoh)\",\"jenis\":\"IMB\",\"tanggal\":\"2026-01-05\",\
     \"status\":\"SELESAI \\\"diambil\\\"\",\"biaya\":125000.5,\"tag\":[\"a\",{\"b\":null}]},\n",
    "{\"id\":0}]},\"next\":\"/surat?hal=2\"}",
);
const XML: Frame = (
    "<?xml version=\"1.0\"?><Daftar><total>9</total>",
    "<Permohonan id=\"{n}\"><nomor>503/{n}/2026</nomor><pemohon>Ni Made (contoh)</pemohon><jenis>IMB</jenis>\
     <tanggal>2026-01-05</tanggal><status>SELESAI &amp; diambil</status><biaya>125000.50</biaya></Permohonan>\n",
    "</Daftar>",
);
const SOAP: Frame = (
    "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
     <soap:Body><t:DaftarUjiResponse xmlns:t=\"http://layanan.example/\"><t:DaftarUjiResult>",
    "<t:Uji><t:NoUji>{n}</t:NoUji><t:JenisUji>Uji berkala</t:JenisUji><t:NoKendaraan>DK {n} XX</t:NoKendaraan>\
     <t:NamaPemilik>I Wayan (contoh)</t:NamaPemilik><t:TglUji>2026-01-05T08:00:00</t:TglUji><t:Hasil>Lulus Uji</t:Hasil>\
     <t:Catatan xsi:nil=\"true\"/></t:Uji>",
    "</t:DaftarUjiResult></t:DaftarUjiResponse></soap:Body></soap:Envelope>",
);
const OAI: Frame = (
    "<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\"><responseDate>2026-01-05T00:00:00Z</responseDate><ListRecords>",
    "<record><header><identifier>oai:contoh:{n}</identifier><datestamp>2026-01-05</datestamp><setSpec>a</setSpec></header><metadata>\
     <oai_dc:dc xmlns:oai_dc=\"http://www.openarchives.org/OAI/2.0/oai_dc/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
     <dc:title>Laporan rekaan nomor {n}</dc:title><dc:creator>Rekaan, A.</dc:creator><dc:creator>Contoh, B.</dc:creator>\
     <dc:date>2026</dc:date><dc:description>Ringkasan yang dibuat-buat tentang hal {n}.</dc:description></oai_dc:dc></metadata></record>",
    "<resumptionToken completeListSize=\"9\">x</resumptionToken></ListRecords></OAI-PMH>",
);
const ICAL: Frame = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//contoh//rekaan//ID\r\n",
    "BEGIN:VEVENT\r\nUID:{n}@contoh.example\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Asia/Makassar:20260105T080000\r\n\
     DTEND;TZID=Asia/Makassar:20260105T100000\r\nSUMMARY:Rapat rekaan nomor {n}\r\nLOCATION:Ruang contoh\\, lantai 2\r\n\
     DESCRIPTION:Keterangan yang dibuat-buat\\ndua baris tentang hal {n}.\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\n",
    "END:VCALENDAR\r\n",
);
const HTML: Frame = (
    "<!doctype html><title>Daftar rekaan</title><table><thead><tr><th>No<th>Perihal<th>Tanggal</tr></thead><tbody>",
    "<tr class=\"baris\"><td>{n}</td><td><a href=\"/surat/{n}\">Surat &amp; berkas rekaan nomor {n}</a></td><td>5 Januari 2026</td></tr>\n",
    "</tbody></table>",
);

fn repeat(path: &Path, size: u64, (before, record, after): Frame) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut written = before.len() as u64;
    file.write_all(before.as_bytes())?;
    for number in 1_000_000_u64.. {
        let text = record.replace("{n}", &number.to_string());
        file.write_all(text.as_bytes())?;
        written += text.len() as u64;
        if written >= size {
            break;
        }
    }
    file.write_all(after.as_bytes())?;
    file.flush()
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        self.0 >> 33
    }
}

fn csv(path: &Path, size: u64) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut dice = Dice(1);
    writeln!(file, "No;Nama;Alamat;Nilai;Tanggal;Catatan")?;
    for number in 1.. {
        let (a, b) = (dice.roll(), dice.roll());
        writeln!(
            file,
            "{number};Usaha Rekaan {a};\"Jl. Contoh No. {}; Denpasar\";{},{};2026-01-{:02};catatan {b}",
            a % 300,
            b % 100_000,
            a % 100,
            b % 28 + 1
        )?;
        if number % 1000 == 0 && file.stream_position()? >= size {
            break;
        }
    }
    file.flush()
}

/// Keeps the checksum of what it packs.
struct Sheet {
    packed: DeflateEncoder<BufWriter<File>>,
    crc: flate2::Crc,
}

impl Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.crc.update(bytes);
        self.packed.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.packed.flush()
    }
}

const PARTS: [(&str, &str); 3] = [
    (
        "_rels/.rels",
        r#"<Relationships><Relationship Id="r1" Type="t/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns:r="r"><sheets><sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="r1" Type="t/worksheet" Target="s.xml"/></Relationships>"#,
    ),
];

/// The sheet is packed into a file of its own until it is long enough, then all is put together.
fn xlsx(path: &Path, size: u64) -> std::io::Result<()> {
    let loose = path.with_extension("part");
    let file = BufWriter::new(File::create(&loose)?);
    let mut sheet = Sheet {
        packed: DeflateEncoder::new(file, Compression::fast()),
        crc: flate2::Crc::new(),
    };
    write_rows(&mut sheet, size)?;
    let length = sheet.packed.total_in();
    let crc = sheet.crc.sum();
    sheet.packed.finish()?.flush()?;
    let mut archive = Zip {
        file: BufWriter::new(File::create(path)?),
        directory: Vec::new(),
        parts: 0,
    };
    for (name, text) in PARTS {
        let mut crc = flate2::Crc::new();
        crc.update(text.as_bytes());
        archive.part(name, 0, crc.sum(), text.len() as u64, text.len() as u64)?;
        archive.file.write_all(text.as_bytes())?;
    }
    archive.part("xl/s.xml", 8, crc, loose.metadata()?.len(), length)?;
    std::io::copy(&mut File::open(&loose)?, &mut archive.file)?;
    archive.finish()
}

fn write_rows(sheet: &mut Sheet, size: u64) -> std::io::Result<()> {
    let mut dice = Dice(1);
    write!(sheet, "<worksheet><sheetData><row r=\"1\">")?;
    for (letter, name) in ('A'..).zip(["No", "Nama", "Nilai", "Luas", "Catatan"]) {
        write!(
            sheet,
            "<c r=\"{letter}1\" t=\"inlineStr\"><is><t>{name}</t></is></c>"
        )?;
    }
    write!(sheet, "</row>")?;
    // Even a sheet of LibreOffice has no more than 16 million rows.
    for row in 2..16_000_000_u64 {
        let (a, b) = (dice.roll(), dice.roll());
        write!(
            sheet,
            "<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c><c r=\"B{row}\" t=\"inlineStr\"><is><t>Usaha Rekaan {a}</t></is></c><c r=\"C{row}\"><v>{b}</v></c><c r=\"D{row}\"><v>{}.{:02}</v></c><c r=\"E{row}\" t=\"inlineStr\"><is><t>catatan {b}</t></is></c></row>",
            a % 1000,
            b % 100
        )?;
        if row % 1000 == 0 && sheet.packed.total_out() >= size {
            break;
        }
    }
    write!(sheet, "</sheetData></worksheet>")
}

struct Zip {
    file: BufWriter<File>,
    directory: Vec<u8>,
    parts: u16,
}

impl Zip {
    fn part(
        &mut self,
        name: &str,
        method: u8,
        crc: u32,
        packed: u64,
        size: u64,
    ) -> std::io::Result<()> {
        let place = self.file.stream_position()? as u32;
        let mut common = vec![20, 0, 0, 0, method, 0, 0, 0, 0, 0];
        for number in [crc, packed as u32, size as u32, name.len() as u32] {
            common.extend_from_slice(&number.to_le_bytes());
        }
        self.file.write_all(b"PK\x03\x04")?;
        self.file.write_all(&common)?;
        self.file.write_all(name.as_bytes())?;
        self.directory.extend_from_slice(b"PK\x01\x02\x14\0");
        self.directory.extend_from_slice(&common);
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&place.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.parts += 1;
        Ok(())
    }

    fn finish(mut self) -> std::io::Result<()> {
        let place = self.file.stream_position()? as u32;
        self.file.write_all(&self.directory)?;
        self.file.write_all(b"PK\x05\x06\0\0\0\0")?;
        self.file.write_all(&self.parts.to_le_bytes())?;
        self.file.write_all(&self.parts.to_le_bytes())?;
        self.file
            .write_all(&(self.directory.len() as u32).to_le_bytes())?;
        self.file.write_all(&place.to_le_bytes())?;
        self.file.write_all(&[0; 2])?;
        self.file.flush()
    }
}
