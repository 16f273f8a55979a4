// Without script, and with nothing but a keyboard: everything that matters still works.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { hub, open, shot, signIn, stop } from '../lib.mjs';

after(stop);

test('without script: sign in, filter, mark, page on, sign out', async () => {
  const page = await open({ width: 360, script: false });
  await signIn(page, 'wirawan');
  const first = page.locator('article').first();
  const title = await first.locator('h2').innerText();
  await first.getByRole('button', { name: /^Selesai/ }).click();
  assert.match(await page.locator('main').innerText(), /Ditandai selesai/);
  await page.getByRole('button', { name: 'Urungkan' }).first().click();
  assert.match(await page.locator('main').innerText(), new RegExp(title.slice(0, 20).replaceAll(/[^\w ]/g, '.')));
  await page.getByText('Saring dan cari').click();
  await page.locator('#kind').selectOption('regulation');
  await page.getByRole('button', { name: 'Tampilkan', exact: true }).click();
  assert.match(page.url(), /kind=regulation/);
  await page.goto(`${hub}/feed`);
  const more = page.getByRole('link', { name: 'Tampilkan berikutnya' });
  await more.click();
  assert.ok((await page.locator('article').count()) > 0);
  await shot(page, 'without-script');
  await page.getByRole('button', { name: 'Keluar' }).first().click();
  await page.goto(`${hub}/feed`);
  assert.match(page.url(), /\/login/);
  await page.context().close();
});

test('with a keyboard: skip link, sign in, open an item, mark it, and the focus can be seen', async () => {
  const page = await open();
  await page.goto(`${hub}/login`);
  await page.keyboard.press('Tab');
  assert.match(await focused(page), /Langsung ke isi/);
  await tabTo(page, (it) => it.id === 'login');
  await page.keyboard.type('yoga@denpasar.example');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Contoh-Denpasar-2026');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname === '/feed');
  await tabTo(page, (it) => it.closest('article h2') !== null);
  assert.ok(await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none';
  }), 'the focus cannot be seen');
  await shot(page, 'keyboard-focus');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/items\//);
  await tabTo(page, (it) => it.matches('button[value=pin], button[value=unpin]'));
  await page.keyboard.press('Enter');
  await page.getByText('Disematkan di atas.').first().waitFor();
  await page.context().close();
});

const focused = (page) => page.evaluate(() => document.activeElement?.textContent ?? '');

/** Presses Tab until the focused element is as wanted; at most 120 times. */
async function tabTo(page, wanted) {
  for (let press = 0; press < 120; press += 1) {
    if (await page.evaluate(`(${wanted})(document.activeElement)`)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`not reached by keyboard: ${wanted}`);
}
