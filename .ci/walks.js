// Walks through a page without a mouse and without eyes: with Tab, Enter, Space and the arrows, and by what the browser tells a
// screen reader. Each function returns what is wrong, as sentences; see .ci/pages.js.
'use strict';

const OPERABLE = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex="-1"])';
/// A page with more stops than this is walked this far.
const MOST = 400;

/// Presses Tab from the top of a page to its end. Everything that can be operated is reached, in the order in which it is read, is
/// seen, and shows that it has the focus.
async function tabs(tab) {
  const wrong = [];
  await tab.evaluate((operable) => {
    // A scrolled box can be reached as well, where nothing in it can.
    const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled;
    // One of several choices is reached, and the arrows lead to the others.
    const first = (node) => node.type !== 'radio' || node.checked
      || (![...document.getElementsByName(node.name)].some((one) => one.form === node.form && one.checked)
        && [...document.getElementsByName(node.name)].filter((one) => one.form === node.form)[0] === node);
    window.walk = { wanted: [...document.querySelectorAll(operable)].filter(seen).filter(first), at: [] };
    document.activeElement?.blur();
    window.getSelection().removeAllRanges();
    window.scrollTo(0, 0);
  }, OPERABLE);
  const wanted = await tab.evaluate(() => window.walk.wanted.length);
  let ended = false;
  for (let pressed = 0; pressed < Math.min(wanted, MOST) + 40 && !ended; pressed += 1) {
    await tab.keyboard.press('Tab');
    const said = await tab.evaluate(() => {
      const node = document.activeElement;
      const { at } = window.walk;
      if (!node || node === document.body || at.includes(node)) return { ended: true };
      const problems = [];
      const name = `${node.tagName.toLowerCase()} ${(node.textContent || node.name || node.id).trim().slice(0, 40)}`;
      const last = at.at(-1);
      if (last && !(last.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING)) problems.push(`${name} comes after what follows it`);
      const style = getComputedStyle(node);
      if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 1) problems.push(`${name} does not show that it has the focus`);
      const box = node.getBoundingClientRect();
      if (box.width < 1 || box.height < 1) problems.push(`${name} has the focus and no size`);
      if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) problems.push(`${name} has the focus out of sight`);
      at.push(node);
      return { problems };
    });
    ended = Boolean(said.ended);
    wrong.push(...(said.problems ?? []));
  }
  const missed = await tab.evaluate((most) => {
    const { wanted, at } = window.walk;
    return wanted.slice(0, most).filter((node) => !at.includes(node)).map((node) => node.outerHTML.slice(0, 120));
  }, MOST);
  for (const node of missed.slice(0, 5)) wrong.push(`Tab never comes to ${node}`);
  if (missed.length > 5) wrong.push(`Tab never comes to ${missed.length - 5} more`);
  return wrong;
}

/// Opens and closes each fold with the keyboard: Enter and Space do what a click does.
async function folds(tab) {
  const wrong = [];
  const summaries = (await tab.$$('summary')).slice(0, 12);
  for (const summary of summaries) {
    if (!(await summary.evaluate((node) => node.checkVisibility()))) continue;
    const open = () => summary.evaluate((node) => node.parentElement.open);
    const before = await open();
    for (const [key, expected] of [['Enter', !before], ['Space', before]]) {
      await summary.focus();
      await tab.keyboard.press(key);
      if ((await open()) !== expected) wrong.push(`${key} does nothing on ${await summary.evaluate((node) => node.textContent.slice(0, 60))}`);
    }
  }
  return wrong;
}

/// Ticks every box of a checklist with Space.
async function boxes(tab) {
  const wrong = [];
  for (const box of (await tab.$$('input[type=checkbox]')).slice(0, 12)) {
    if (!(await box.evaluate((node) => node.checkVisibility()))) continue;
    const before = await box.evaluate((node) => node.checked);
    await box.focus();
    await tab.keyboard.press('Space');
    if ((await box.evaluate((node) => node.checked)) === before) wrong.push('Space does not tick a box');
    await tab.keyboard.press('Space');
  }
  return wrong;
}

/// Types into the search: the number of finds is told without looking, and Escape closes what it opened.
async function search(tab, query) {
  const wrong = [];
  const state = () => tab.evaluate(() => ({
    said: document.getElementById('count').textContent,
    live: document.getElementById('count').getAttribute('role'),
    shown: document.querySelectorAll('#found li').length,
    query: document.getElementById('query').value,
  }));
  const settled = (has) => tab.waitForFunction((has) => Boolean(document.getElementById('count').textContent) === has, { timeout: 5000 }, has);
  await tab.focus('#query');
  await tab.keyboard.type(query);
  await settled(true);
  const found = await state();
  if (found.live !== 'status') wrong.push('how many are found is not told to a screen reader');
  if (!/^[0-9]+ lines? found/.test(found.said) || Number.parseInt(found.said, 10) < 1) wrong.push(`the search for ${query} says ${found.said}`);
  if (found.shown < 1) wrong.push(`the search for ${query} shows nothing`);
  await tab.keyboard.press('Escape');
  await settled(false).catch(() => wrong.push('Escape does not close the search'));
  const closed = await state();
  if (closed.query !== '' || closed.shown !== 0) wrong.push('Escape leaves what was found');
  await tab.keyboard.type('no such person@nowhere');
  await settled(true);
  const none = await state();
  if (!none.said.startsWith('nothing found')) wrong.push(`where nothing is found it says ${none.said}`);
  await tab.keyboard.press('Escape');
  return wrong;
}

/// Shows more of a long list with the keyboard: the focus goes to what came, so that reading goes on there.
async function pieces(tab) {
  const wrong = [];
  for (const details of (await tab.$$('details')).slice(0, 12)) await details.evaluate((node) => { node.open = true; });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const more = await tab.evaluateHandle(() => [...document.querySelectorAll('button')].find((node) => node.textContent.startsWith('Show more')) ?? null);
  const button = more.asElement();
  if (!button) return ['there is no long list to show more of'];
  const before = await tab.evaluate(() => document.querySelectorAll('li, tr').length);
  await button.focus();
  await tab.keyboard.press('Enter');
  const after = await tab.evaluate(() => ({
    rows: document.querySelectorAll('li, tr').length,
    on: document.activeElement.tagName,
    text: document.activeElement.textContent.slice(0, 40),
  }));
  if (after.rows <= before) wrong.push('Enter on Show more shows nothing');
  if (!['LI', 'TR'].includes(after.on)) wrong.push(`after Show more the focus is on ${after.on} ${after.text}, not on what came`);
  return wrong;
}

/// Looks for words that are torn over two lines although they are no wider than the narrowest place where people read: what a
/// table does whose columns are pressed until a word stands letter below letter. A hyphen or a slash is a place to break.
async function torn(tab) {
  return tab.evaluate(() => {
    const FITS = 200;
    const wrong = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let node = walker.nextNode(); node && wrong.length < 5; node = walker.nextNode()) {
      const around = node.parentElement;
      if (around.closest('noscript, script, style, textarea, svg') || !around.checkVisibility()) continue;
      const measured = (from, text) => {
        range.setStart(node, from);
        range.setEnd(node, from + text.length);
        const lines = [...range.getClientRects()].filter((line) => line.width > 0);
        const tops = new Set(lines.map((line) => Math.round(line.top)));
        return { tops, wide: lines.reduce((sum, line) => sum + line.width, 0) };
      };
      for (const { 0: run, index } of node.data.matchAll(/\S{2,}/gu)) {
        const { tops: all, wide } = measured(index, run);
        if (all.size < 2 || wide > FITS) continue;
        for (const { 0: word, index: at } of run.matchAll(/[^/\u2013\u2014\u2192-]{2,}/gu)) {
          const { tops } = measured(index + at, word);
          if (tops.size < 2) continue;
          wrong.push(`${word} is torn over ${tops.size} lines in ${around.closest('td, th, button, li, p, dd, dt, summary, legend, label')?.tagName.toLowerCase() ?? 'the page'}`);
        }
      }
    }
    return wrong;
  });
}

/// Reads a page as a screen reader does: one first heading, no level left out, everything operable named, tables with a name and
/// heads, one main part.
async function told(tab, wants) {
  const wrong = [];
  const client = await tab.createCDPSession();
  const { nodes } = await client.send('Accessibility.getFullAXTree');
  await client.detach();
  const all = nodes.filter((node) => !node.ignored).map((node) => ({
    role: node.role?.value ?? '',
    name: (node.name?.value ?? '').trim(),
    level: node.properties?.find((one) => one.name === 'level')?.value.value,
    children: node.childIds ?? [],
    id: node.nodeId,
  }));
  const of = (role) => all.filter((node) => node.role === role);
  const levels = of('heading').map((node) => node.level);
  if (levels.filter((level) => level === 1).length !== 1) wrong.push(`${levels.filter((level) => level === 1).length} first headings`);
  levels.forEach((level, at) => {
    if (at > 0 && level > levels[at - 1] + 1) wrong.push(`heading ${of('heading')[at].name} is of level ${level} after ${levels[at - 1]}`);
  });
  for (const role of ['heading', 'link', 'button', 'checkbox', 'radio', 'textbox', 'searchbox', 'combobox', 'DisclosureTriangle', 'table', 'region', 'navigation', 'search']) {
    for (const node of of(role)) {
      // A search form stands for itself: what it is for is the name of its field.
      if (node.name === '' && role !== 'search') wrong.push(`a ${role} has no name`);
    }
  }
  if (of('main').length !== 1) wrong.push(`${of('main').length} main parts`);
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const under = (node, role) => {
    const stack = [...node.children];
    while (stack.length > 0) {
      const next = byId.get(stack.pop());
      if (!next) continue;
      if (!next.ignored && next.role?.value === role) return true;
      stack.push(...(next.childIds ?? []));
    }
    return false;
  };
  for (const table of of('table')) {
    if (!under(table, 'row')) wrong.push(`table ${table.name} has no rows for a screen reader`);
    if (!under(table, 'columnheader') && !under(table, 'rowheader')) wrong.push(`table ${table.name} has no heads for a screen reader`);
  }
  for (const role of wants) {
    if (of(role).length === 0) wrong.push(`nothing on the page is a ${role}`);
  }
  return wrong;
}

module.exports = { tabs, folds, boxes, search, pieces, told, torn };
