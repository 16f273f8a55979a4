// Where two persons have to agree, one operator proposes a change and another approves or rejects it; nobody approves their
// own. On a demo of its own, with that rule; at 360 and 1280 pixels, in Indonesian and in English.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';

const port = Number(process.env.DIVOS_DEMO_PORT ?? '18443') + 10;
process.env.DIVOS_DEMO_PORT = String(port);
const { hub, look, open, signIn, stop, words } = await import('../lib.mjs');

const divos = process.env.DIVOS_BIN ?? new URL('../../../target/debug/divos', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'divos-two-'));
const demo = spawn(divos, ['demo', '--two-persons', '--data', folder, '--port', String(port), '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
const ready = new Promise((resolve, reject) => {
  createInterface({ input: demo.stdout }).once('line', resolve);
  demo.once('exit', (code) => reject(new Error(`the demo ended with ${code}`)));
});

after(async () => {
  await stop();
  demo.removeAllListeners('exit');
  const ended = new Promise((resolve) => demo.once('exit', resolve));
  demo.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true });
});

const says = async (page, text) => assert.ok((await page.locator('main').innerText()).includes(text), text);

/** Proposes another title for a connector; returns where the proposal is. */
async function propose(page, w, app, title, reason, name) {
  await page.goto(`${hub}/ops/${app}/edit`);
  await says(page, w('edit-two-persons'));
  const text = await page.locator('#text').inputValue();
  await page.locator('#text').fill(text.replace(/title: ("[^"]*"|[^,}\n]*)/, `title: ${title}`));
  await page.locator('#findings .verdict').waitFor();
  await page.locator('#reason').fill(reason);
  await look(page, `${name}-editor`);
  await page.getByRole('button', { name: w('edit-propose'), exact: true }).click();
  await page.waitForURL(/\/proposals\//);
  // Without what was just done, which is said once.
  return page.url().split('?')[0];
}

for (const lang of ['id', 'en']) {
  for (const width of [360, 1280]) {
    test(`one operator proposes, another agrees (${width} px, ${lang})`, async () => {
      await ready;
      const w = words(lang);
      const name = `two-${lang}-${width}`;
      const first = await open({ width, lang });
      await signIn(first, 'sekar');
      const place = await propose(first, w, 'ppid', `PPID ${lang} ${width}`, `judul ${lang} ${width}`, name);
      // Whoever proposed cannot approve, and sees why; nothing has changed.
      await says(first, w('proposal-waiting'));
      assert.equal(await first.getByRole('button', { name: w('edit-approve') }).count(), 0);
      await look(first, `${name}-own`);
      await first.goto(`${hub}/apps`);
      assert.ok(!(await first.locator('main').innerText()).includes(`PPID ${lang} ${width}`));

      // The other finds it from the operator's page, reads reason and difference, and agrees.
      const second = await open({ width, lang });
      await signIn(second, 'sita');
      await second.goto(`${hub}/ops`);
      await says(second, w('edit-waiting'));
      await second.locator(`a[href="${new URL(place).pathname}"]`).first().click();
      await says(second, `judul ${lang} ${width}`);
      assert.match(await second.locator('table.diff .new').first().innerText(), new RegExp(`PPID ${lang} ${width}`));
      await look(second, `${name}-decide`);
      await second.locator('#note').fill('setuju');
      await second.getByRole('button', { name: w('edit-approve') }).click();
      await second.waitForURL(/\/history|\/proposals/);
      await second.goto(`${hub}/ops/ppid/history`);
      const row = await second.locator('tbody tr').first().innerText();
      for (const text of [`judul ${lang} ${width}`, 'Ni Luh Sekar Contoh', 'Luh Sita Contoh']) assert.ok(row.includes(text), row);
      await look(second, `${name}-history`);
      await second.goto(`${hub}/apps`);
      await says(second, `PPID ${lang} ${width}`);

      // A second proposal is rejected with a reason that its author reads; what is in force stays.
      const refused = await propose(first, w, 'ppid', 'Judul yang keliru', 'coba-coba', `${name}-refused`);
      await second.goto(refused);
      await second.locator('#note').fill('belum perlu');
      await second.getByRole('button', { name: w('edit-reject'), exact: true }).click();
      await first.goto(refused);
      await says(first, 'belum perlu');
      await says(first, w('proposal-rejected'));
      await look(first, `${name}-rejected`);
      await first.goto(`${hub}/apps`);
      assert.ok(!(await first.locator('main').innerText()).includes('Judul yang keliru'));
      for (const page of [first, second]) {
        assert.deepEqual(page.faults, []);
        await page.context().close();
      }
    });
  }
}
