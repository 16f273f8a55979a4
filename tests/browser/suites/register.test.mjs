// A department registers its app without script, an operator approves it, its people make a credential, and what the app
// pushes stands in the feed. The pages on the way are looked at by axe, at 360 and 1280 pixels.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { after, test } from 'node:test';
import { hub, open, overflow, serious, shot, signIn, stop } from '../lib.mjs';

after(stop);

/** Sends one event as the app's server would. */
function push(app, token, data) {
  const url = new URL(`${hub}/api/v1/ingest/${app}`);
  const body = JSON.stringify({ specversion: '1.0', source: `/${app}`, id: data.id, type: 'surat.baru', time: new Date().toISOString(), data });
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port: url.port,
      path: url.pathname,
      servername: url.hostname,
      method: 'POST',
      ca: readFileSync(process.env.DIVOS_DEMO_CA),
      headers: { host: url.host, authorization: `Bearer ${token}`, 'content-type': 'application/cloudevents+json' },
    };
    const sent = request(options, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function look(page, name) {
  if (await page.evaluate(() => true).catch(() => false)) assert.deepEqual(await serious(page), [], `axe on ${name}`);
  assert.ok((await overflow(page)) <= 0, `${name} is too wide by ${await overflow(page)}`);
  assert.equal(await page.locator('h1').count(), 1, `${name} has one heading`);
  await shot(page, name);
}

const next = (page) => page.getByRole('button', { name: 'Simpan dan lanjut' }).click();

/** Answers all steps for an app that pushes. */
async function answer(page, name, id, seen = async () => {}) {
  await page.goto(`${hub}/apps`);
  await page.getByRole('link', { name: 'Daftarkan aplikasi' }).click();
  await page.getByLabel('Nama aplikasi').fill(name);
  await seen('step-1');
  await next(page);
  // The unit was forgotten: it is said, and the name is still there.
  assert.match(await page.locator('main').innerText(), /perlu diperbaiki/);
  assert.equal(await page.getByLabel('Nama aplikasi').inputValue(), name);
  await seen('step-1-wrong');
  await page.getByLabel('Unit kerja pemilik').selectOption('030801');
  await page.getByLabel('Untuk apa dipakai').selectOption('letter');
  await page.getByLabel('Nama pendek').fill(id);
  await page.getByLabel('Alamat aplikasi').fill('https://camat.contoh.example');
  await next(page);
  await page.getByRole('radio', { name: /Dengan formulir masuknya sendiri/ }).check();
  await page.getByRole('radio', { name: /Semua pegawai/ }).check();
  await page.getByRole('radio', { name: /^Tidak Misalnya/ }).check();
  await seen('step-2');
  await next(page);
  await page.getByRole('radio', { name: /Aplikasi yang mengirim/ }).check();
  await seen('step-3');
  await next(page);
  await page.getByLabel('Isinya menjadi').selectOption('letter');
  await seen('step-4');
  await next(page);
  assert.match(await page.locator('main').innerText(), /Rancangannya sah/);
  await seen('step-5');
}

for (const width of [360, 1280]) {
  test(`an app is registered, approved, given a credential, and pushes (${width} px, the form without script)`, async () => {
    const [name, id] = [`Surat Camat ${width} (contoh)`, `surat-camat-${width}`];
    // Whoever registers has no script; the pages are looked at by axe in a browser that has.
    const plain = await open({ width, script: false });
    await signIn(plain, 'bagus');
    await answer(plain, name, id);
    await plain.getByRole('button', { name: 'Kirim ke operator' }).click();
    assert.match(await plain.locator('main').innerText(), /Menunggu operator/);

    const operator = await open({ width });
    await signIn(operator, 'sekar');
    await operator.goto(`${hub}/ops`);
    await operator.getByRole('link', { name: /menunggu putusan/ }).click();
    await look(operator, `registrations-${width}`);
    await operator.getByRole('link', { name }).click();
    await look(operator, `registration-${width}`);
    await operator.getByLabel('Alamat untuk overlay').fill('');
    await operator.getByLabel('Pesan untuk pendaftar').fill('Sudah diperiksa.');
    await operator.getByRole('button', { name: 'Setujui' }).click();
    await operator.getByText('Disetujui').first().waitFor();

    const person = await open({ width });
    await signIn(person, 'bagus');
    await person.goto(`${hub}/apps/register`);
    await look(person, `register-${width}`);
    await person.getByRole('link', { name }).click();
    assert.match(await person.locator('main').innerText(), /Sudah diperiksa\./);
    await person.getByRole('link', { name: 'Buka halaman aplikasinya' }).click();
    await person.getByLabel('Untuk server yang mana').fill('Server camat');
    await person.getByRole('button', { name: 'Buat kredensial' }).click();
    await look(person, `credential-${width}`);
    const token = await person.getByLabel('Rahasia', { exact: true }).inputValue();
    assert.match(token, /^dvp_/);
    assert.equal(await push(id, token, { id: '1', title: `Undangan rapat ${width}` }), 200);
    await person.goto(`${hub}/feed?app=${id}`);
    await person.getByText(`Undangan rapat ${width}`).first().waitFor();
    await person.goto(`${hub}/apps/${id}`);
    assert.match(await person.locator('main').innerText(), /Kiriman diterima/);
    await look(person, `own-app-${width}`);

    // Revoked: the next push is refused.
    await person.getByRole('button', { name: /^Cabut/ }).click();
    await person.getByText('Belum ada kredensial').waitFor();
    assert.equal(await push(id, token, { id: '2', title: 'Terlambat' }), 401);
    for (const page of [plain, operator, person]) {
      // The step that was sent with a gap is answered with 422, on purpose.
      assert.deepEqual(page.faults.filter((fault) => !/status of 422/.test(fault)), []);
      await page.context().close();
    }
  });
}

test('every step stands up to axe, in both languages', async () => {
  const page = await open({ width: 360 });
  await signIn(page, 'laksmi');
  await answer(page, 'Surat Sekretariat (contoh)', 'surat-sekretariat', (name) => look(page, `register-${name}`));
  await page.goto(`${page.url().split('?')[0]}?step=2&lang=en`);
  assert.match(await page.locator('main').innerText(), /How do people sign in/);
  await look(page, 'register-en');
  assert.deepEqual(page.faults.filter((fault) => !/422/.test(fault)), []);
  await page.context().close();
});
