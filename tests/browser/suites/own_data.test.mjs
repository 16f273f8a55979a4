// A person's own data: reached from their page, by keyboard, downloaded whole, and theirs alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { hub, open, overflow, serious, shot, signIn, stop } from '../lib.mjs';

after(stop);

for (const width of [360, 1280]) {
  for (const lang of ['id', 'en']) {
    test(`what the hub holds is shown and downloaded at ${width} px in ${lang}`, async () => {
      const page = await open({ width, lang });
      await signIn(page, 'wirawan');
      await page.goto(`${hub}/me`);
      await page.getByRole('link', { name: lang === 'id' ? 'Lihat data saya' : 'See my data' }).click();
      await page.waitForURL((url) => url.pathname === '/me/data');
      const main = page.locator('main');
      for (const words of lang === 'id' ? [/Untuk apa/, /Disimpan berapa lama/, /3 × 24 jam/, /Masuk/] : [/What for/, /Kept how long/, /72 hours/, /Signed in/]) {
        assert.match(await main.innerText(), words);
      }
      assert.match(await main.innerText(), /wirawan@denpasar\.example/);
      assert.deepEqual(await serious(page), []);
      assert.ok((await overflow(page)) <= 0, `too wide by ${await overflow(page)}`);
      await shot(page, `own-data-${lang}-${width}`);
      // The first thing to be reached on the page is the way back, the next the download.
      await page.locator('main').focus();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      const coming = page.waitForEvent('download');
      await page.keyboard.press('Enter');
      const download = await coming;
      assert.match(download.suggestedFilename(), lang === 'id' ? /^data-saya-.*\.json$/ : /^my-data-.*\.json$/);
      const file = JSON.parse(readFileSync(await download.path(), 'utf8'));
      assert.equal(file.complete, true);
      assert.ok(file.account.identifiers.some(({ value }) => value === 'wirawan@denpasar.example'));
      assert.equal(file.counts.log, file.log.length);
      assert.ok(file.log.some(({ event, by }) => event === 'own_data.sent' && by === 'self'));
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });
  }
}
