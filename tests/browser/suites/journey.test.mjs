// What a person does on a working day, with script: sign in once, read, filter, mark, open apps, see what is new.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { appUrl, hub, open, shot, signIn, stop } from '../lib.mjs';

after(stop);

test('a wrong password is told in words, a right one leads to the feed', async () => {
  const page = await open();
  await page.goto(`${hub}/feed`);
  await page.waitForURL(/\/login/);
  await page.getByLabel('NIP atau surel').fill('bagus@denpasar.example');
  await page.getByLabel('Kata sandi').fill('bukan ini');
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').innerText(), /tidak cocok/);
  await shot(page, 'wrong-password');
  await page.getByLabel('Kata sandi').fill('Contoh-Denpasar-2026');
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.waitForURL((url) => url.pathname === '/feed');
  assert.match(await page.locator('h1').innerText(), /Selamat \w+, /);
  await page.context().close();
});

test('filters cut the feed and can be cleared', async () => {
  const page = await open();
  await signIn(page, 'wirawan');
  const app = page.getByLabel('Aplikasi', { exact: true });
  if (!(await app.isVisible())) await page.getByText('Saring dan cari').click();
  await page.locator('#app').selectOption('jdih');
  await page.getByRole('button', { name: 'Tampilkan', exact: true }).click();
  await page.waitForURL(/app=jdih/);
  const cards = page.locator('article');
  assert.ok((await cards.count()) > 0);
  for (const text of await cards.allInnerTexts()) assert.match(text, /Hukum|JDIH/);
  await page.getByRole('link', { name: 'Hapus saringan' }).first().click();
  await page.waitForURL((url) => !url.search.includes('app=jdih'));
  await page.goto(`${hub}/feed?q=zzzzzz`);
  assert.match(await page.locator('main').innerText(), /Tidak ada yang cocok/);
  await page.context().close();
});

test('an item is marked done without leaving the page, and undone', async () => {
  const page = await open();
  await signIn(page, 'wirawan');
  const first = page.locator('article').first();
  const title = await first.locator('h2').innerText();
  const before = page.url();
  await first.getByRole('button', { name: /^Selesai/ }).click();
  await page.getByText('Ditandai selesai.').waitFor();
  assert.equal(page.url(), before);
  await page.getByRole('button', { name: 'Urungkan' }).first().click();
  await page.locator('article h2', { hasText: title }).first().waitFor();
  // Done once more and looked up among what is done, after a reload: the server has it.
  await page.locator('article').filter({ hasText: title }).first().getByRole('button', { name: /^Selesai/ }).click();
  await page.getByText('Ditandai selesai.').waitFor();
  await page.goto(`${hub}/feed?done=1`);
  assert.ok((await page.locator('article h2').allInnerTexts()).includes(title));
  await page.locator('article').filter({ hasText: title }).first().getByRole('button', { name: /^Belum selesai/ }).click();
  await page.context().close();
});

test('an app opens from the launcher without a second sign-in and greets the person', async () => {
  const page = await open();
  await signIn(page, 'bagus');
  await page.goto(`${hub}/apps`);
  await shot(page, 'launcher');
  const tile = page.locator('li').filter({ hasText: 'SIMAK DIHATI' });
  await tile.getByRole('link', { name: /^Buka/ }).click();
  await page.waitForURL(appUrl('simak-dihati'));
  assert.match(await page.locator('main').innerText(), /Selamat datang, I Made Bagus Contoh/);
  await shot(page, 'app-opened');
  // From an item straight to its page in the app.
  await page.goto(`${hub}/feed?app=simak-dihati`);
  await page.locator('article h2 a').first().click();
  await page.getByRole('link', { name: /^Buka di/ }).click();
  await page.waitForURL(/simak-dihati\..*\/lihat\//);
  // An app that is down gets a page that says so.
  await page.goto(appUrl('atcs'));
  assert.match(await page.locator('body').innerText(), /tidak dapat dihubungi/);
  await shot(page, 'app-down');
  await page.context().close();
});

test('what is new is announced while the page is open', async () => {
  const reader = await open();
  await signIn(reader, 'wirawan');
  await reader.goto(`${hub}/feed`);
  const operator = await open();
  await signIn(operator, 'sekar');
  await operator.goto(appUrl('jdih'));
  await operator.getByRole('button', { name: 'Buat item contoh baru' }).click();
  await operator.goto(`${hub}/ops/jdih`);
  await operator.getByRole('button', { name: /^Baca sekarang/ }).click();
  const told = reader.locator('[data-stream]').getByText(/item baru/);
  await told.waitFor({ timeout: 60_000 });
  await shot(reader, 'live-update');
  await told.click();
  await reader.waitForURL((url) => url.pathname === '/feed');
  // The list ranks what is late first, so the new item is looked up where it must be.
  await reader.goto(`${hub}/feed?app=jdih`);
  await reader.getByText('Item contoh baru, dibuat lewat').first().waitFor();
  await reader.context().close();
  await operator.context().close();
});

test('one browser ends the session of another', async () => {
  const [desk, phone] = [await open(), await open({ width: 360 })];
  await signIn(desk, 'ayu');
  await signIn(phone, 'ayu');
  await desk.goto(`${hub}/me`);
  assert.ok((await desk.getByRole('button', { name: /^Akhiri/ }).count()) >= 1);
  await desk.getByRole('button', { name: /^Keluar dari semua/ }).click();
  await phone.goto(`${hub}/feed`);
  await phone.waitForURL(/\/login/);
  await desk.context().close();
  await phone.context().close();
});

test('only an operator has the connectors page, and it names what is wrong', async () => {
  const person = await open();
  await signIn(person, 'bagus');
  assert.equal(await person.getByRole('link', { name: 'Konektor' }).count(), 0);
  assert.equal((await person.goto(`${hub}/ops`)).status(), 403);
  const operator = await open();
  await signIn(operator, 'sekar');
  await operator.getByRole('link', { name: 'Konektor' }).click();
  const row = operator.locator('tr').filter({ hasText: 'ATCS' });
  assert.match(await row.innerText(), /Gagal/);
  await operator.getByRole('link', { name: 'Perlu diperhatikan' }).click();
  await operator.waitForURL(/only=trouble/);
  assert.equal(await operator.locator('tr').filter({ hasText: 'JDIH' }).count(), 0);
  await person.context().close();
  await operator.context().close();
});

test('the language is chosen once and kept', async () => {
  const page = await open({ lang: 'id' });
  await signIn(page, 'citra');
  await page.getByRole('link', { name: 'English' }).click();
  await page.goto(`${hub}/apps`);
  assert.equal(await page.locator('h1').innerText(), 'Apps');
  await page.context().close();
});
