// Every page at 360 and 1280 pixels, in Indonesian and English: nothing serious for axe, nothing wider than the window,
// no script error, nothing loaded from elsewhere. Screenshots for people to look at.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { hub, open, overflow, serious, shot, signIn, stop } from '../lib.mjs';

after(stop);

const pages = ['/feed', '/feed?kind=task&unread=1', '/apps', '/agenda', '/search?q=rapat', '/me', '/me/data', '/help', '/ops', '/ops/atcs', '/ops/atcs/edit', '/ops/atcs/history', '/ops/atcs/edit/versions/1', '/tidak-ada'];
const heading = { id: { '/feed': /Selamat/, '/apps': /Aplikasi/, '/help': /Bantuan/, '/ops': /Konektor/, '/me/data': /Data saya/ }, en: { '/feed': /Good/, '/apps': /Apps/, '/help': /Help/, '/ops': /Connectors/, '/me/data': /My data/ } };

for (const width of [360, 1280]) {
  for (const lang of ['id', 'en']) {
    test(`every page at ${width} px in ${lang}`, async (t) => {
      const page = await open({ width, lang });
      const look = async (name) => {
        assert.deepEqual(await serious(page), [], `axe on ${name}`);
        assert.ok((await overflow(page)) <= 0, `${name} is wider than ${width} px by ${await overflow(page)}`);
        assert.equal(await page.locator('html').getAttribute('lang'), lang, name);
        assert.equal(await page.locator('h1').count(), 1, `${name} has one heading`);
        await shot(page, `${lang}-${width}${name.replaceAll(/[/?&=]/g, '-')}`);
      };
      await t.test('/login', async () => {
        await page.goto(`${hub}/login`);
        await look('/login');
      });
      await signIn(page);
      for (const path of pages) {
        await t.test(path, async () => {
          await page.goto(hub + path);
          const wanted = heading[lang][path];
          if (wanted) assert.match(await page.locator('h1').innerText(), wanted);
          await look(path);
        });
      }
      await t.test('an item', async () => {
        await page.goto(`${hub}/feed`);
        await page.locator('article h2 a').first().click();
        await page.waitForURL(/\/items\//);
        await look('/item');
      });
      const faults = page.faults.filter((fault) => !/404/.test(fault));
      assert.deepEqual(faults, []);
      await page.context().close();
    });
  }
}
