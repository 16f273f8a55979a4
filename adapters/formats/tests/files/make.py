"""Makes the workbooks and the CSV of the tests: python3 make.py. Needs openpyxl 3.1, msoffcrypto-tool 6, xlwt 1.3, LibreOffice 7 (soffice)
and PHP 8.

All names and numbers are made up.
"""

import datetime as dt
import pathlib
import subprocess
import tempfile

import msoffcrypto.format.ooxml
import openpyxl
import xlwt
from openpyxl.styles import Font

HERE = pathlib.Path(__file__).parent
HEADER = ["No", "Nama Banjar", "Jumlah KK", "Luas (ha)", "Tanggal", "Mulai", "Jam", "Aktif", "Catatan"]
ROWS = [
    [1, "Br. Contoh Kaja", 125, 3.25, dt.date(2026, 1, 31), dt.datetime(2026, 1, 31, 9, 0), dt.time(9, 30), True, "a & b <c>"],
    [2, "Br. Contoh Kelod", 98, 0.1, dt.date(2025, 12, 1), dt.datetime(2025, 12, 1, 23, 59, 59), dt.time(0, 0), False, None],
    [3, "  Br. Peken “é” ", 0, 1250000, dt.date(1999, 5, 17), dt.datetime(1999, 5, 17), dt.time(12, 0), True, "dua\nbaris"],
]


def workbook():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sampul"
    sheet["A1"] = "Sampul, dibuat-buat"
    sheet.sheet_state = "hidden"
    data = book.create_sheet("Data Banjar")
    data["A1"] = "DATA BANJAR (DATA CONTOH, BUKAN DATA NYATA)"
    data["A1"].font = Font(bold=True)
    data.merge_cells("A1:I1")
    data["A2"] = "Tahun 2026"
    data.merge_cells("A2:I2")
    for at, name in enumerate(HEADER, 1):
        data.cell(4, at, name)
    for down, row in enumerate(ROWS, 5):
        for at, value in enumerate(row, 1):
            cell = data.cell(down, at, value)
            if isinstance(value, dt.datetime):
                cell.number_format = "dd/mm/yyyy hh:mm"
            elif isinstance(value, dt.date):
                cell.number_format = "[$-421]d mmmm yyyy;@"
    data["B9"] = "Jumlah"
    data["C9"] = "=SUM(C5:C7)"
    data["D9"] = "=1/0"
    return book


def old_workbook():
    """An old workbook with more text than one record holds, behind a hidden sheet."""
    book = xlwt.Workbook()
    cover = book.add_sheet("Sampul")
    cover.visibility = 1
    cover.write(0, 0, "Sampul, dibuat-buat")
    data = book.add_sheet("Surat")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for at, name in enumerate(["No", "Perihal", "Tanggal", "Biaya", "Selesai"]):
        data.write(0, at, name)
    for row in range(1, 141):
        data.write(row, 0, row)
        data.write(row, 1, f"Undangan rapat koordinasi ke-{row} – café & lain-lain (data contoh)")
        data.write(row, 2, dt.date(2026, 1, 1) + dt.timedelta(days=row), day)
        data.write(row, 3, row * 1250.75)
        data.write(row, 4, row % 2 == 0)
    return book


def main():
    old_workbook().save(str(HERE / "xlwt.xls"))
    subprocess.run(["php", str(HERE / "bare.php"), str(HERE / "php-bare.xls")], check=True)
    workbook().save(HERE / "openpyxl.xlsx")
    with tempfile.TemporaryDirectory() as folder:
        for kind, name in (("xlsx", "libreoffice.xlsx"), ("ods", "libreoffice.ods"), ("xls", "libreoffice.xls")):
            subprocess.run(
                ["soffice", "--headless", "--convert-to", kind, "--outdir", folder, str(HERE / "openpyxl.xlsx")],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            made = pathlib.Path(folder) / f"openpyxl.{kind}"
            (HERE / name).write_bytes(made.read_bytes())
    with open(HERE / "openpyxl.xlsx", "rb") as plain, open(HERE / "encrypted.xlsx", "wb") as locked:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("kata-sandi-contoh", locked)
    csv = (
        "No;Nama Usaha;Alamat;Omzet (juta)\r\n"
        '1;Kopi “Contoh”;"Jl. Contoh No. 1; Denpasar";1.250,75\r\n'
        '2;Café Rekaan;"Jl. ""Buatan"" No. 2";0,5\r\n'
        "\r\n"
        "3;Warung – Contoh;Jl. Contoh No. 3;12\r\n"
    )
    (HERE / "excel-indonesia.csv").write_bytes(csv.encode("windows-1252"))


main()
