// Opens each page in Chromium, light and dark, narrow and wide, looks at it as a person would, and walks through it without a
// mouse and without eyes: see .ci/pages and .ci/walks.js.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const puppeteer = require('puppeteer-core');
const walks = require('./walks.js');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const { STAGE, CONSOLE, PICTURES } = process.env;

/// Puts the comment into a page as a code host shows it.
async function comment() {
  const { marked } = await import(require.resolve('marked'));
  const style = fs.readFileSync(require.resolve('github-markdown-css/github-markdown.css'), 'utf8');
  const body = marked.parse(fs.readFileSync(path.join(STAGE, 'comment.md'), 'utf8'));
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The comment</title>
<style>${style} body { margin: 0; } main { max-width: 900px; margin: 0 auto; padding: 16px; }</style></head>
<body class="markdown-body"><main><h1>Checks</h1><h2>Customer access</h2>${body}</main></body></html>`;
  fs.writeFileSync(path.join(STAGE, 'comment.html'), page);
}

const file = (name) => `file://${path.join(STAGE, name)}`;
const pages = [
  { name: 'small', url: file('small.html'), search: 'globex', find: 'wes@umbrella.example', says: 'organization Umbrella' },
  { name: 'blocked', url: file('blocked.html'), search: 'globex' },
  { name: 'by-hand', url: file('by-hand.html'), search: 'globex' },
  { name: 'drift', url: file('drift.html'), search: 'globex' },
  { name: 'review', url: file('review.html'), search: 'globex' },
  { name: 'large', url: file('large.html'), bytes: 3_000_000, elements: 2_000, search: 'person-199', long: true, find: 'person-19999@', says: 'Globex' },
  { name: 'hostile', url: file('large.html'), find: 'mallory@', says: '</script><script>', title: 'Portcullis plan' },
  { name: 'console', url: CONSOLE },
  { name: 'visit', url: new URL('/__sandbox/visit?as=ana@globex.example', CONSOLE).href },
  { name: 'visit nobody', url: new URL('/__sandbox/visit', CONSOLE).href },
  { name: 'visit stranger', url: new URL('/__sandbox/visit?as=eve@elsewhere.example', CONSOLE).href },
];
const pictures = {
  'small 1280 light': 'review-page.png',
  'blocked 1280 light': 'review-page-blocked.png',
  'large 1280 light': 'review-page-large.png',
  'small 320 light': 'review-page-phone.png',
  'small 1280 dark': 'review-page-dark.png',
  'customer-access 1280 light': 'console.png',
};
// What code hosts make of Markdown is theirs: it is taken a picture of, and not judged.
const COMMENT = 'comment.png';

const wrong = [];
let looked = 0;
let walked = 0;

/// Walks through a page with the keyboard alone, and reads it as a screen reader does.
async function walk(tab, page, where) {
  const problems = [
    ...(await walks.told(tab, page.search ? ['search', 'searchbox', 'status'] : [])),
    ...(await walks.tabs(tab)),
    ...(await walks.folds(tab)),
    ...(await walks.boxes(tab)),
    ...(page.search ? await walks.search(tab, page.search) : []),
    ...(page.long ? await walks.pieces(tab) : []),
  ];
  for (const problem of problems) wrong.push(`${where}: ${problem}`);
  walked += 1;
}

/// Does a job in the console with the keyboard alone: from the top of the project's page to a saved setting.
async function job(browser) {
  const tab = await browser.newPage();
  const say = (problem) => wrong.push(`console by keyboard: ${problem}`);
  const on = () => tab.evaluate(() => {
    const node = document.activeElement;
    return { tag: node.tagName, name: node.name, value: node.value, text: node.textContent.trim(), main: node.id === 'main' || Boolean(node.closest('main')) };
  });
  /// Presses Tab until something has the focus.
  const reach = async (what, wanted) => {
    for (let pressed = 0; pressed < 200; pressed += 1) {
      await tab.keyboard.press('Tab');
      if (wanted(await on())) return true;
    }
    say(`Tab never comes to ${what}`);
    return false;
  };
  try {
    await tab.goto(`${CONSOLE}/project/ITSM`);
    await tab.keyboard.press('Tab');
    if (!(await on()).text.startsWith('Skip')) say('the first stop does not lead past the navigation');
    await tab.keyboard.press('Enter');
    await tab.keyboard.press('Tab');
    if (!(await on()).main) say('the first link leads past nothing');
    const before = await tab.$eval('input[name=channel-access]:checked', (node) => node.value);
    if (!(await reach('channel access', (node) => node.name === 'channel-access'))) return;
    await tab.keyboard.press('ArrowDown');
    const chosen = await tab.$eval('input[name=channel-access]:checked', (node) => node.value);
    if (chosen === before) say('the arrows do not choose');
    if (!(await reach('Save', (node) => node.tag === 'BUTTON' && node.text === 'Save'))) return;
    await Promise.all([tab.waitForNavigation({ timeout: 10000 }), tab.keyboard.press('Enter')]);
    const said = await tab.$eval('[role=status]', (node) => node.textContent).catch(() => 'nothing');
    if (said !== 'Saved.') say(`after saving it says ${said}`);
    const kept = await tab.$eval('input[name=channel-access]:checked', (node) => node.value);
    if (kept !== chosen) say(`${chosen} was chosen and ${kept} is kept`);
    // What is refused says so first, and leads to the control.
    await tab.goto(`${CONSOLE}/customer-access`);
    if (!(await reach('the domains', (node) => node.name === 'allowed-domains'))) return;
    await tab.keyboard.type('no domain at all!');
    if (!(await reach('Save', (node) => node.tag === 'BUTTON' && node.text === 'Save'))) return;
    await Promise.all([tab.waitForNavigation({ timeout: 10000 }), tab.keyboard.press('Enter')]);
    if (!(await tab.title()).startsWith('Not done')) say(`a refused page is called ${await tab.title()}`);
    if (!(await reach('why it was refused', (node) => node.tag === 'A' && node.text.includes('domain')))) return;
    await tab.keyboard.press('Enter');
    const next = await on();
    if (next.name !== 'allowed-domains') say(`the reason leads to ${next.tag} ${next.name ?? ''}`);
    walked += 1;
  } finally {
    await tab.close();
  }
}

async function look(browser, page, width, scheme) {
  const where = `${page.name} ${width} ${scheme}`;
  const tab = await browser.newPage();
  const asked = [];
  try {
    await tab.setViewport({ width, height: 900 });
    await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    tab.on('request', (request) => asked.push(request.url()));
    tab.on('pageerror', (error) => wrong.push(`${where}: ${error.message}`));
    const started = Date.now();
    const response = await tab.goto(page.url, { waitUntil: 'load' });
    const took = Date.now() - started;
    if (!page.url.startsWith('file:') && response.status() !== 200) wrong.push(`${where}: ${response.status()}`);
    if (page.url.startsWith('file:') && asked.length !== 1) wrong.push(`${where}: asks for ${asked.join(' ')}`);
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) wrong.push(`${where}: ${wide} pixels wide`);
    if (page.elements) {
      const elements = await tab.evaluate(() => document.querySelectorAll('*').length);
      const bytes = fs.statSync(new URL(page.url)).size;
      if (elements > page.elements) wrong.push(`${where}: ${elements} elements`);
      if (bytes > page.bytes) wrong.push(`${where}: ${bytes} bytes`);
      console.log(`${where}: ${bytes} bytes, ${elements} elements, loaded in ${took} ms`);
    }
    const picture = PICTURES && pictures[where];
    if (picture) await tab.screenshot({ path: path.join(PICTURES, picture), clip: { x: 0, y: 0, width, height: width < 400 ? 720 : page.name === 'small' ? 1180 : 820 } });
    if (scheme === 'light') await walk(tab, page, where);
    if (page.find) {
      await tab.focus('#query');
      await tab.keyboard.type(page.find);
      await tab.waitForFunction(() => document.querySelector('#found li'), { timeout: 5000 });
      const found = await tab.$eval('#found', (found) => found.textContent);
      if (!found.includes(page.find) || !found.includes(page.says)) wrong.push(`${where}: the search says ${found.slice(0, 300)}`);
    }
    // What is folded is looked at too, as far as a page of a person's size goes.
    await tab.evaluate(() => {
      for (const details of [...document.querySelectorAll('details')].slice(0, 40)) details.open = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const unfolded = await tab.evaluate(() => document.documentElement.scrollWidth);
    if (unfolded > width) wrong.push(`${where}: ${unfolded} pixels wide when all is unfolded`);
    // No word is torn, here and at the widths between a telephone and a desk.
    for (const between of width === 320 && scheme === 'light' ? [320, 500, 740] : [width]) {
      await tab.setViewport({ width: between, height: 900 });
      for (const problem of await walks.torn(tab)) wrong.push(`${where}: at ${between}: ${problem}`);
      const reaches = await tab.evaluate(() => document.documentElement.scrollWidth);
      if (reaches > between) wrong.push(`${where}: ${reaches} pixels wide at ${between}`);
    }
    await tab.setViewport({ width, height: 900 });
    // The texts of a picture stay in their boxes.
    const out = await tab.evaluate(() => [...document.querySelectorAll('.picture text')].filter((text) => {
      const box = text.previousElementSibling.getBBox();
      const said = text.getBBox();
      return said.x + said.width > box.x + box.width;
    }).map((text) => text.textContent));
    if (out.length > 0) wrong.push(`${where}: runs out of its box: ${out.slice(0, 3).join(', ')}`);
    // A name is text, whatever it says.
    const title = await tab.title();
    if (page.title && !title.startsWith(page.title)) wrong.push(`${where}: the title is ${title}`);
    await tab.evaluate(axe);
    const { violations } = await tab.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
    for (const violation of violations) {
      const nodes = violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 160));
      wrong.push(`${where}: ${violation.id}: ${violation.help}: ${nodes.join(' | ')}`);
    }
    looked += 1;
  } finally {
    await tab.close();
  }
}

(async () => {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1'],
  });
  try {
    // Every page that the console's own navigation leads to.
    const tab = await browser.newPage();
    await tab.goto(CONSOLE);
    const links = await tab.$$eval('nav a, main a', (links) => links.map((link) => link.href));
    await comment();
    await tab.setViewport({ width: 900, height: 900 });
    await tab.goto(file('comment.html'));
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
    if (wide > 900) wrong.push(`comment: ${wide} pixels wide`);
    if (PICTURES) await tab.screenshot({ path: path.join(PICTURES, COMMENT), clip: { x: 0, y: 0, width: 900, height: 820 } });
    await tab.close();
    for (const url of links) {
      if (!pages.some((page) => page.url === url)) pages.push({ name: new URL(url).pathname.split('/').pop(), url });
    }
    for (const page of pages) {
      for (const width of [320, 1280]) {
        for (const scheme of ['light', 'dark']) await look(browser, page, width, scheme);
      }
    }
    await job(browser);
    // Two widths of each page, and the job.
    if (walked !== pages.length * 2 + 1) wrong.push(`walks: ${walked} of ${pages.length * 2 + 1}`);
  } finally {
    await browser.close();
  }
  for (const text of wrong) console.error(text);
  console.log(`${looked - new Set(wrong.map((text) => text.split(':')[0])).size} passed, ${new Set(wrong.map((text) => text.split(':')[0])).size} failed`);
  process.exit(wrong.length === 0 && looked === pages.length * 4 ? 0 : 1);
})();
