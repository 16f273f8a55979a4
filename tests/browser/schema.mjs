// Checks YAML files against the JSON Schema that editors use (draft-07), and that the schema refuses what is wrong.
// usage: node schema.mjs CONNECTOR.schema.json HUB.schema.json ITEM.schema.json
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url).pathname;
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** A validator for a schema of either draft. */
function validator(schema) {
  const Draft = /2020-12/.test(schema.$schema ?? '') ? Ajv2020 : Ajv;
  const ajv = new Draft({ allErrors: true, strict: false });
  addFormats(ajv);
  return ajv.compile(schema);
}

const [connector, hub, item] = process.argv.slice(2).map((path) => validator(read(path)));
let checked = 0;

const folders = ['connectors.d', 'connectors.d/templates', 'tests/city/connectors'];
for (const folder of folders) {
  for (const name of readdirSync(root + folder).filter((name) => name.endsWith('.yaml'))) {
    const value = parse(readFileSync(`${root}${folder}/${name}`, 'utf8').replaceAll('@BASE@', 'http://127.0.0.1:9'));
    assert.ok(connector(value), `${folder}/${name}: ${JSON.stringify(connector.errors, null, 1)}`);
    checked += 1;
  }
}
assert.ok(hub(parse(readFileSync(`${root}config/hub.yaml`, 'utf8'))), JSON.stringify(hub.errors, null, 1));

// A schema that accepts everything proves nothing.
const good = parse(readFileSync(`${root}connectors.d/jdih.yaml`, 'utf8'));
const spoiled = {
  'an unknown key': { ...good, privasi: {} },
  'no metadata': { ...good, metadata: undefined },
  'an unknown kind': { ...good, sources: { peraturan: { ...good.sources.peraturan, to: 'peraturan' } } },
  'a list for a text': { ...good, metadata: { ...good.metadata, title: [] } },
};
for (const [what, value] of Object.entries(spoiled)) {
  assert.ok(!connector(JSON.parse(JSON.stringify(value))), `the schema accepts ${what}`);
}
assert.ok(!hub({ sesions: {} }), 'the schema of hub.yaml accepts an unknown key');
assert.ok(!item({ schema: 'divos/1', kind: 'nothing' }), 'the schema of an item accepts an unknown kind');
console.log(`${checked} connectors and templates fit the schema; ${Object.keys(spoiled).length + 2} spoiled ones do not`);
