<?php
// Writes the workbook that many PHP programs write by hand: bare records, column after column. All data is made up.
function cell($kind, $row, $column, $rest) { return pack('vvvvv', $kind, 6 + strlen($rest), $row, $column, 0) . $rest; }
function text($row, $column, $text) { return cell(0x204, $row, $column, pack('v', strlen($text)) . $text); }
function number($row, $column, $value) { return cell(0x203, $row, $column, pack('d', $value)); }
$out = pack('vvvvvv', 0x809, 8, 0, 0x10, 0, 0);
$out .= text(0, 0, 'No') . text(0, 1, 'Nama Usaha') . text(0, 2, 'Omzet');
for ($row = 1; $row <= 3; $row++) $out .= number($row, 0, $row);
foreach (['Kopi Contoh', 'Café Rekaan', "Warung \x96 Contoh"] as $row => $name) $out .= text($row + 1, 1, $name);
for ($row = 1; $row <= 3; $row++) $out .= number($row, 2, $row * 0.5);
file_put_contents($argv[1], $out . pack('vv', 0x0A, 0));
