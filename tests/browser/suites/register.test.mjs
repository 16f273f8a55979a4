// A department registers its app without script, an operator approves it and gives its address, the app's page shows a
// credential once, and what the app pushes stands in the feed. The pages on the way are looked at by axe, at 360 and 1280
// pixels, in Indonesian and in English.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { after, test } from 'node:test';
import { begins, hub, look, open, signIn, stop, words } from '../lib.mjs';

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

/** Answers all steps for an app that pushes. */
async function answer(page, w, name, id, seen = async () => {}) {
  const next = () => page.getByRole('button', { name: w('reg-next') }).click();
  const choose = (key) => page.getByRole('radio', { name: begins(`${w(key)} ${w(`${key}-why`)}`) }).check();
  await page.goto(`${hub}/apps`);
  await page.locator('a[href="/apps/register"]').first().click();
  await page.getByLabel(w('ask-name'), { exact: true }).fill(name);
  await seen('step-1');
  await next();
  // The unit was forgotten: it is said, and the name is still there.
  assert.ok((await page.locator('.mend').allInnerTexts()).some((text) => text !== ''));
  assert.equal(await page.getByLabel(w('ask-name'), { exact: true }).inputValue(), name);
  await seen('step-1-wrong');
  await page.getByLabel(w('ask-unit'), { exact: true }).selectOption('030801');
  await page.getByLabel(w('ask-capability'), { exact: true }).selectOption('letter');
  await page.getByLabel(w('ask-id'), { exact: true }).fill(id);
  await page.getByLabel(w('ask-address'), { exact: true }).fill('https://camat.contoh.example');
  await next();
  await choose('ask-sign-in-own');
  await choose('ask-readers-everyone');
  await choose('ask-personal-none');
  await seen('step-2');
  await next();
  await choose('ask-way-push');
  await seen('step-3');
  await next();
  await page.getByLabel(w('ask-kind'), { exact: true }).selectOption('letter');
  await seen('step-4');
  await next();
  assert.ok((await page.locator('main').innerText()).includes(w('reg-check-good')));
  await seen('step-5');
}

for (const lang of ['id', 'en']) {
  for (const width of [360, 1280]) {
    test(`an app is registered, approved with an address, given a credential, and pushes (${width} px, ${lang}, the form without script)`, async () => {
      const w = words(lang);
      const [name, id] = [`Surat Camat ${lang} ${width} (contoh)`, `surat-camat-${lang}-${width}`];
      const says = async (page, text) => assert.ok((await page.locator('main').innerText()).includes(text), text);
      // Whoever registers has no script; the pages are looked at by axe in a browser that has.
      const plain = await open({ width, lang, script: false });
      await signIn(plain, 'bagus');
      await answer(plain, w, name, id);
      await plain.getByRole('button', { name: w('reg-send') }).click();
      await says(plain, w('reg-state-waiting'));

      const operator = await open({ width, lang });
      await signIn(operator, 'sekar');
      await operator.goto(`${hub}/ops`);
      await operator.locator('a[href="/ops/registrations"]').first().click();
      await look(operator, `registrations-${lang}-${width}`);
      await operator.getByRole('link', { name }).click();
      await look(operator, `registration-${lang}-${width}`);
      // The applicant's proposal stands there; the operator looks at it and gives the one that is right.
      const address = operator.getByLabel(w('ask-give-address'), { exact: true });
      assert.equal(await address.inputValue(), 'https://camat.contoh.example');
      await address.fill('http://127.0.0.1:9');
      await operator.getByLabel(w('ask-give-networks'), { exact: true }).fill('127.0.0.0/8');
      await operator.getByLabel(w('ask-give-note'), { exact: true }).fill('Sudah diperiksa.');
      await operator.getByRole('button', { name: w('reg-approve') }).click();
      await operator.locator('.tag').filter({ hasText: w('reg-state-approved') }).first().waitFor();
      await look(operator, `registration-approved-${lang}-${width}`);

      const person = await open({ width, lang });
      await signIn(person, 'bagus');
      await person.goto(`${hub}/apps/register`);
      await look(person, `register-${lang}-${width}`);
      await person.getByRole('link', { name }).click();
      await says(person, 'Sudah diperiksa.');
      await person.getByRole('link', { name: w('reg-to-app') }).click();
      assert.ok(!(await person.locator('main').innerText()).includes(w('own-unconnected')), 'the app has its address');
      await person.getByLabel(w('own-label'), { exact: true }).fill('Server camat');
      await person.getByRole('button', { name: w('own-make'), exact: true }).click();
      await look(person, `credential-${lang}-${width}`);
      const token = await person.getByLabel(w('own-secret'), { exact: true }).inputValue();
      assert.match(token, /^dvp_/);
      assert.match(await person.locator('main').innerText(), lang === 'id' ? /Dibuat baru saja/ : /Made just now/);
      // Shown once: a look at the page does not show it again.
      await person.goto(`${hub}/apps/${id}`);
      assert.ok(!(await person.content()).includes(token), 'the secret is shown again');
      await says(person, 'Server camat');
      assert.equal(await push(id, token, { id: '1', title: `Undangan rapat ${width}` }), 200);
      await person.goto(`${hub}/feed?app=${id}`);
      await person.getByText(`Undangan rapat ${width}`).first().waitFor();
      await person.goto(`${hub}/apps/${id}`);
      await says(person, w('own-pushed'));
      await look(person, `own-app-${lang}-${width}`);

      // Revoked: the next push is refused.
      await person.getByRole('button', { name: begins(w('token-revoke')) }).click();
      await person.getByText(w('own-push-none')).waitFor();
      assert.equal(await push(id, token, { id: '2', title: 'Terlambat' }), 401);
      for (const page of [plain, operator, person]) {
        // The step that was sent with a gap is answered with 422, on purpose.
        assert.deepEqual(page.faults.filter((fault) => !/status of 422/.test(fault)), []);
        await page.context().close();
      }
    });
  }

  test(`every step stands up to axe, in ${lang}`, async () => {
    const page = await open({ width: 360, lang });
    await signIn(page, 'laksmi');
    await answer(page, words(lang), `Surat Sekretariat ${lang} (contoh)`, `surat-sekretariat-${lang}`, (name) => look(page, `register-${lang}-${name}`));
    assert.deepEqual(page.faults.filter((fault) => !/422/.test(fault)), []);
    await page.context().close();
  });
}
