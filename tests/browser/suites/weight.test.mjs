// The first load of the sign-in page and of the feed, everything together, as it comes over the wire.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { hub, open, signIn, stop } from '../lib.mjs';

after(stop);

const LIMIT = 60_000;

/** Bytes on the wire of one load with an empty cache, each resource with its share. */
async function weigh(page, url) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.clearBrowserCache');
  const names = new Map();
  const parts = [];
  session.on('Network.responseReceived', ({ requestId, response, type }) => {
    if (type !== 'EventSource') names.set(requestId, response.url);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (names.has(requestId)) parts.push([names.get(requestId), encodedDataLength]);
  });
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForTimeout(500); // the icon comes after the load event
  await session.detach();
  return { total: parts.reduce((sum, [, bytes]) => sum + bytes, 0), parts };
}

test('the sign-in page and the feed weigh at most 60 kB each on a first load', async (t) => {
  const page = await open({ width: 360 });
  const login = await weigh(page, `${hub}/login`);
  await signIn(page, 'wirawan');
  const feed = await weigh(page, `${hub}/feed`);
  for (const [name, { total, parts }] of Object.entries({ login, feed })) {
    t.diagnostic(`${name}: ${total} bytes: ${parts.map(([url, bytes]) => `${new URL(url).pathname} ${bytes}`).join(', ')}`);
    assert.ok(parts.length >= 2, `${name}: nothing was measured`);
    assert.ok(total <= LIMIT, `${name} weighs ${total} bytes`);
  }
  await page.context().close();
});
