// Long lists stand in the page as text within <noscript>, so that a page of twenty thousand people stays small. This shows
// them a piece at a time, and finds people, organizations and projects in all of them. Without it they are plain lists.
(() => {
  'use strict';
  const PIECE = 100;
  const MOST = 200;
  const parsed = new WeakMap();
  const holders = [...document.querySelectorAll('noscript')];

  // What the program wrote is markup of its own; it is parsed into a document that can run nothing.
  const body = (holder) => {
    if (!parsed.has(holder)) {
      parsed.set(holder, new DOMParser().parseFromString(holder.textContent, 'text/html').body);
    }
    return parsed.get(holder);
  };

  const paged = (node) => node.matches('ul, ol, tbody') && node.children.length > PIECE;

  const copy = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE || !(paged(node) || [...node.querySelectorAll('ul, ol, tbody')].some(paged))) {
      return document.importNode(node, true);
    }
    const shallow = document.importNode(node, false);
    if (paged(node)) {
      pieces([...node.children], shallow, node.matches('tbody') ? ['tr', 'td'] : ['li']);
    } else {
      shallow.append(...[...node.childNodes].map(copy));
    }
    return shallow;
  };

  const pieces = (nodes, into, around = []) => {
    let at = 0;
    const button = document.createElement('button');
    button.type = 'button';
    // A list holds the button in a row of its own kind.
    const last = around.reduceRight((inner, name) => {
      const outer = document.createElement(name);
      outer.append(inner);
      return outer;
    }, button);
    const step = (asked) => {
      const next = nodes.slice(at, at + PIECE).map(copy);
      at += next.length;
      last.before(...next);
      if (at < nodes.length) {
        button.textContent = `Show more (${nodes.length - at} left)`;
      } else {
        last.remove();
      }
      // Whoever asked for more reads on where it begins: the button has moved away, or is gone.
      if (asked && next[0]?.nodeType === Node.ELEMENT_NODE) {
        next[0].tabIndex = -1;
        next[0].focus();
      }
    };
    into.append(last);
    button.addEventListener('click', () => step(true));
    step(false);
  };

  for (const holder of holders) {
    const details = holder.closest('details');
    const show = () => {
      if (!details.open || !holder.isConnected) return;
      const box = document.createElement('div');
      holder.replaceWith(box);
      pieces([...body(holder).children], box);
    };
    details.addEventListener('toggle', show);
    show();
  }

  // The search.
  const form = document.getElementById('search');
  const field = document.getElementById('query');
  const found = document.getElementById('found');
  const count = document.getElementById('count');
  let index;

  const heading = (node) => node.closest('section')?.querySelector('h2')?.textContent ?? '';
  const collect = (root, above) => {
    for (const list of root.querySelectorAll('ul, ol, tbody')) {
      const summary = list.closest('details')?.querySelector('summary')?.textContent;
      let title = list.previousElementSibling;
      title = title?.matches('h3') ? title.textContent : '';
      const where = [above ?? heading(list), title, above ? summary : ''].filter(Boolean).join(': ');
      // What causes the fate of a list of people stands before it.
      const notes = [];
      for (let note = list.previousElementSibling; note?.matches('p.soft'); note = note.previousElementSibling) {
        notes.unshift(note);
      }
      for (const row of list.children) {
        index.push({ text: `${row.textContent} ${where}`.toLowerCase(), row, where, notes });
      }
    }
  };
  const build = () => {
    index = [];
    for (const holder of holders) collect(body(holder), holder.dataset.of);
    for (const list of document.querySelectorAll('[data-find]')) collect(list);
  };

  const search = () => {
    const query = field.value.trim().toLowerCase();
    found.replaceChildren();
    count.textContent = '';
    if (query.length < 2) return;
    if (!index) build();
    const hits = index.filter((entry) => entry.text.includes(query));
    // Told to a screen reader as it changes.
    if (hits.length === 0) count.textContent = 'nothing found';
    else count.textContent = hits.length === 1 ? '1 line found' : `${hits.length} lines found`;
    if (hits.length > MOST) count.textContent += `, the first ${MOST} are shown`;
    let list;
    let last;
    for (const { row, where, notes } of hits.slice(0, MOST)) {
      if (where !== last) {
        last = where;
        const title = document.createElement('h2');
        title.textContent = where;
        list = document.createElement('ul');
        found.append(title, ...notes.map((note) => document.importNode(note, true)), list);
      }
      const item = document.createElement('li');
      for (const cell of row.matches('tr') ? row.children : [row]) {
        item.append(...[...cell.childNodes].map((node) => document.importNode(node, true)), ' ');
      }
      list.append(item);
    }
  };
  let timer;
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(search, 120);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search();
  });
  // Some browsers empty a search field themselves, and some do not.
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    field.value = '';
    field.focus();
    search();
  });
  form.hidden = false;
})();
