// What every browser suite shares: one Chromium, contexts by width and language, sign-in, axe, screenshots.
// Owns no test. The demo must be running (tests/run starts it); nothing else is ever opened.
import { readFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const port = process.env.DIVOS_DEMO_PORT ?? '18443';
export const hub = `https://divos.localhost:${port}`;
export const appUrl = (app, path = '/') => `https://${app}.divos.localhost:${port}${path}`;
export const password = 'Contoh-Denpasar-2026';
export const shots = new URL('./shots/', import.meta.url).pathname;
mkdirSync(shots, { recursive: true });

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser;

/** The portal's own words in a language, by key; for suites that run in both. */
export function words(lang) {
  const text = readFileSync(new URL(`../../gateway/portal/words/${lang}.ftl`, import.meta.url), 'utf8');
  const known = new Map([...text.matchAll(/^([a-z][\w-]*) = (.*)$/gm)].map(([, key, said]) => [key, said]));
  return (key) => {
    if (!known.has(key)) throw new Error(`no words for ${key}`);
    return known.get(key);
  };
}

/** What a text begins with. */
export const begins = (text) => new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);

/** Looks at a page as axe and a person would; a page without script is only measured and kept as a picture. */
export async function look(page, name) {
  if (await page.evaluate(() => true).catch(() => false)) {
    const found = await serious(page);
    if (found.length > 0) throw new Error(`axe on ${name}: ${found.join('; ')}`);
  }
  const wide = await overflow(page);
  if (wide > 0) throw new Error(`${name} is too wide by ${wide} pixels`);
  const headings = await page.locator('h1').count();
  if (headings !== 1) throw new Error(`${name} has ${headings} first headings`);
  await shot(page, name);
}

/** The one Chromium of a suite. */
export async function start() {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  });
  return browser;
}

export async function stop() {
  await browser?.close();
  browser = undefined;
}

/** A fresh profile. `lang` is `id` or `en`. Every request that leaves loopback fails the suite. */
export async function open({ width = 1280, lang = 'id', script = true } = {}) {
  await start();
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 740 : 900 },
    locale: lang === 'id' ? 'id-ID' : 'en-GB',
    timezoneId: 'Asia/Makassar',
    javaScriptEnabled: script,
    ignoreHTTPSErrors: true,
    hasTouch: width < 600,
    isMobile: width < 600,
  });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(`script: ${error.message}`));
  page.on('console', (line) => {
    if (line.type() === 'error') page.faults.push(`console: ${line.text()}`);
  });
  page.on('request', (request) => {
    const host = new URL(request.url()).hostname;
    if (!/(^|\.)localhost$|^127\./.test(host)) page.faults.push(`left loopback: ${request.url()}`);
  });
  return page;
}

/** Signs in through the form and waits for the feed. */
export async function signIn(page, who = 'sekar') {
  await page.goto(`${hub}/login`);
  await page.locator('input[autocomplete=username]').fill(`${who}@denpasar.example`);
  await page.locator('input[type=password]').fill(password);
  await page.locator('form:has(input[type=password]) button').click();
  await page.waitForURL((url) => url.pathname === '/feed');
}

/** What axe finds that is serious or critical, one line each. */
export async function serious(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', ')}`);
}

/** How many pixels the page is wider than its window. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

export const shot = (page, name) => page.screenshot({ path: `${shots}${name}.png`, fullPage: true });
