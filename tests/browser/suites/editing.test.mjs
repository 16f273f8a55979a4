// The editor of a definition: with script as somebody types, without script by its buttons.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { hub, open, overflow, serious, shot, signIn, stop } from '../lib.mjs';

after(stop);

const edit = `${hub}/ops/ppid/edit`;
const found = (page) => page.locator('#findings');

/** Replaces the text as somebody would who pastes. */
const type = (page, text) => page.locator('#text').fill(text);

test('with script: faults as one types, a jump to the line, a kept draft, a trial, a save, the way back', async () => {
  const page = await open({ width: 1280 });
  await signIn(page);
  await page.goto(edit);
  const text = await page.locator('#text').inputValue();
  const lines = text.split('\n').length;
  assert.equal(await page.locator('.lines li').count(), lines);
  const line = text.split('\n').findIndex((one) => one.includes('title:')) + 1;
  await type(page, text.replace('title:', 'tilte:'));
  await found(page).getByText('DV0102').waitFor();
  assert.equal(await page.locator(`#L${line}.wrong`).count(), 1, 'the line is marked');
  assert.deepEqual(await serious(page), []);
  await shot(page, 'editor-fault');
  await found(page).locator('[data-line]').filter({ hasText: `Baris ${line},` }).first().click();
  const at = await page.locator('#text').evaluate((field) => [field === document.activeElement, field.selectionStart]);
  const begins = text.split('\n').slice(0, line - 1).join('\n').length;
  assert.ok(at[0] && at[1] > begins && at[1] <= begins + text.split('\n')[line - 1].length + 1, `the cursor is at ${at}`);
  // What was typed is there after a reload, and after the page was left.
  await page.goto(`${hub}/feed`);
  await page.goto(edit);
  assert.match(await page.locator('#text').inputValue(), /tilte:/);
  await type(page, text.replace(/title: ("[^"]*"|[^,}\n]*)/, 'title: PPID Contoh'));
  await found(page).getByText('Tidak ada kesalahan').waitFor();
  assert.match(await found(page).innerText(), /Akibatnya bagi data/);
  await page.getByRole('button', { name: 'Coba ke aplikasinya' }).click();
  await page.locator('#trial details.tried').first().waitFor({ timeout: 40_000 });
  await page.locator('#trial[aria-busy]').waitFor({ state: 'detached', timeout: 40_000 });
  assert.deepEqual(await serious(page), []);
  await shot(page, 'editor-trial');
  // Without a reason nothing is saved, and the field says so.
  await page.getByRole('button', { name: 'Simpan dan berlakukan' }).click();
  assert.equal(await page.locator('#reason').getAttribute('aria-invalid'), 'true');
  await page.locator('#reason').fill('judul untuk uji coba');
  await page.getByRole('button', { name: 'Simpan dan berlakukan' }).click();
  await page.waitForURL(/\/history/);
  assert.match(await page.locator('main').innerText(), /Tersimpan dan sudah berlaku/);
  assert.match(await page.locator('tbody tr').first().innerText(), /judul untuk uji coba/);
  await page.locator('tbody a').first().click();
  assert.match(await page.locator('table.diff .new').first().innerText(), /PPID Contoh/);
  assert.deepEqual(await serious(page), []);
  await shot(page, 'editor-version');
  await page.goto(`${hub}/ops/ppid/edit/versions/1`);
  await page.locator('#reason').fill('kembali seperti semula');
  await page.getByRole('button', { name: 'Kembalikan', exact: true }).click();
  await page.waitForURL(/\/history\?/);
  await page.goto(edit);
  assert.equal(await page.locator('#text').inputValue(), text);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('without script at 360 px: check, correct, make, remove', async () => {
  const page = await open({ width: 360, script: false });
  await signIn(page);
  await page.goto(`${hub}/ops`);
  await page.locator('#open').fill('contoh-baru');
  await page.getByRole('button', { name: 'Buka konektor' }).click();
  assert.match(page.url(), /\/ops\/contoh-baru\/edit/);
  const text = 'metadata: { name: contoh-baru, title: Contoh Baru }\napp:\n  upstreams: ["http://127.0.0.1:9"]\n  sso: none\n';
  await type(page, `${text}warna: merah\n`);
  await page.getByRole('button', { name: 'Periksa' }).last().click();
  assert.match(await found(page).innerText(), /warna/);
  assert.match(await page.locator('#text').inputValue(), /warna: merah/);
  assert.ok((await overflow(page)) <= 0);
  await shot(page, 'editor-phone');
  await type(page, text);
  await page.locator('#reason').fill('aplikasi baru');
  await page.getByRole('button', { name: 'Simpan dan berlakukan' }).click();
  assert.match(page.url(), /\/ops\/contoh-baru\/history/);
  await page.goto(`${hub}/ops/contoh-baru/edit`);
  await page.locator('#reason').fill('hanya contoh');
  await page.getByText('Hapus konektor').click();
  await page.getByRole('button', { name: 'Ya, hapus' }).click();
  assert.match(await page.locator('main').innerText(), /Dihapus\. hanya contoh/);
  assert.ok((await overflow(page)) <= 0);
  await shot(page, 'editor-history-phone');
  await page.context().close();
});

test('two who write at once: nobody overwrites the other unseen', async () => {
  const one = await open({ width: 1280 });
  await signIn(one);
  await one.goto(`${hub}/ops/web-denpasar/edit`);
  const text = await one.locator('#text').inputValue();
  await type(one, `${text}# punya saya\n`);
  await found(one).locator('.verdict').waitFor();
  await one.getByRole('button', { name: 'Periksa' }).last().click();
  // Another window of the same person saves something else first.
  const other = await one.context().newPage();
  await other.goto(`${hub}/ops/web-denpasar/edit`);
  await type(other, `# punya orang lain\n${text}`);
  await other.locator('#reason').fill('jendela lain');
  await other.getByRole('button', { name: 'Simpan dan berlakukan' }).click();
  await other.waitForURL(/\/history/);
  await one.locator('#reason').fill('punya saya');
  await type(one, `${text}# punya saya\n`);
  await one.getByRole('button', { name: 'Simpan dan berlakukan' }).click();
  await one.getByText('Berkas berubah sejak Anda mulai').first().waitFor();
  const main = await one.locator('main').innerText();
  assert.match(main, /punya orang lain/);
  assert.match(await one.locator('#text').inputValue(), /punya saya/);
  assert.deepEqual(await serious(one), []);
  await shot(one, 'editor-moved');
  await one.getByRole('button', { name: 'Pakai teks saya' }).click();
  await one.locator('#text').waitFor();
  assert.equal(await one.getByText('Berkas berubah sejak Anda mulai').count(), 0);
  await type(one, text);
  await one.locator('#reason').fill('seperti semula');
  await one.getByRole('button', { name: 'Simpan dan berlakukan' }).click();
  await one.waitForURL(/\/history/);
  await one.context().close();
});
