// The pages work without this script. With it they follow what happens, keep their place, and can be used by keyboard.
'use strict';
(() => {
  const body = document.body;
  const $ = (selector) => document.querySelector(selector);

  // ---- Changing the page without losing its place.

  // idOf is the id of a node. A form's own id is hidden by a field of that name.
  const idOf = (node) => (node.getAttribute ? node.getAttribute('id') : null);

  // morph makes one element like another: it keeps the elements that have the same id or the same place, with their focus, scroll and open details.
  function morph(have, want) {
    if (have.isEqualNode(want)) return;
    const renewed = given(have) !== given(want) && have !== document.activeElement;
    for (const a of [...have.attributes]) if (!want.hasAttribute(a.name) && a.name !== 'open' && a.name !== 'data-here') have.removeAttribute(a.name);
    for (const a of want.attributes) if (have.getAttribute(a.name) !== a.value && a.name !== 'open') have.setAttribute(a.name, a.value);
    if (have.tagName === 'INPUT' && have.type !== 'hidden') {
      if (renewed) have.value = want.value; // else what the visitor has typed stays
      return;
    }
    const byId = new Map([...have.children].filter(idOf).map((c) => [idOf(c), c]));
    let at = others(have.firstChild);
    for (const next of [...want.childNodes]) {
      const known = idOf(next) && byId.get(idOf(next));
      if (known) {
        if (known !== at) have.insertBefore(known, at);
        else at = others(at.nextSibling);
        morph(known, next);
      } else if (at && !idOf(at) && !idOf(next) && at.nodeName === next.nodeName) {
        const here = at;
        at = others(at.nextSibling);
        if (here.nodeType === Node.ELEMENT_NODE) morph(here, next);
        else if (here.data !== next.data) here.data = next.data;
      } else {
        have.insertBefore(document.importNode(next, true), at);
      }
    }
    while (at) {
      const gone = at;
      at = others(at.nextSibling);
      gone.remove();
    }
    if (have.tagName === 'SELECT' && renewed) have.value = want.value;
  }

  // others is a node or the first one after it that this script has not added, so that the buttons that it has added stay, with their focus.
  const others = (node) => { while (node && node.nodeType === Node.ELEMENT_NODE && node.matches('.copy')) node = node.nextSibling; return node; };

  // given is the value with which the server has filled a field.
  const given = (field) => (field.tagName === 'SELECT' ? (field.querySelector('option[selected]') || {}).value : field.tagName === 'INPUT' ? field.getAttribute('value') : null);

  function become(text, address) {
    const page = new DOMParser().parseFromString(text, 'text/html');
    const main = page.querySelector('main');
    if (!main) return false;
    morph($('main'), main);
    for (const id of ['clock', 'accounts']) {
      const have = document.getElementById(id), want = page.getElementById(id);
      if (have && want) morph(have, want);
    }
    document.title = page.title;
    body.dataset.place = page.body.dataset.place || '';
    loaded = Date.now();
    if (address) history.replaceState(history.state, '', address);
    dress();
    return true;
  }

  // ---- Following what happens.

  let asked = false, again = false, pressed = 0;
  const silent = 'The mock does not answer. This page goes on when it does.';

  async function refresh() {
    if (asked) { again = true; return; }
    asked = true;
    const before = pressed;
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, cache: 'no-store' });
      if (answer.status === 401) { location.reload(); return; }
      const text = await answer.text();
      if (before === pressed) become(text); // else a button has made the page newer
      else again = true;
      say('');
    } catch (e) {
      say(silent);
    }
    setTimeout(() => {
      asked = false;
      if (again) { again = false; refresh(); }
    }, 300);
  }

  function say(text) {
    let line = document.getElementById('lost');
    if (!line && text) {
      line = document.createElement('p');
      line.id = 'lost';
      line.className = 'lost';
      line.setAttribute('role', 'status');
      body.append(line);
    }
    if (line) { line.textContent = text; line.hidden = !text; }
  }

  let lost = false;
  // heard gets the place of the account, or lost.
  function heard(place) {
    if (place === 'lost') { lost = true; say(silent); return; }
    if (place === body.dataset.place && !lost) return;
    lost = false;
    refresh();
  }

  function follow() {
    const address = body.dataset.events && new URL(body.dataset.events, location.href).href;
    if (!address) return;
    let listen, stop;
    if (window.SharedWorker) {
      const port = new SharedWorker(body.dataset.worker, 'tapmock').port;
      port.onmessage = (m) => heard(m.data);
      listen = () => port.postMessage(address);
      stop = () => port.postMessage(null);
    } else {
      let source = null;
      stop = () => { if (source) source.close(); source = null; };
      listen = () => {
        source = new EventSource(address);
        source.addEventListener('moved', (e) => heard(e.data));
        source.onerror = () => heard('lost');
      };
    }
    if (!document.hidden) listen();
    document.addEventListener('visibilitychange', () => { if (document.hidden) stop(); else { listen(); refresh(); } });
    addEventListener('pagehide', stop);
    addEventListener('pageshow', (e) => { if (e.persisted) { listen(); refresh(); } });
  }

  // ---- The clock of the account runs on the page too, unless it is frozen.

  let loaded = Date.now();

  function tick() {
    const time = $('#clock time');
    if (!time || $('#clock .frozen')) return;
    const at = new Date(Date.parse(time.dateTime) + Date.now() - loaded).toISOString();
    time.textContent = at.slice(0, 10) + ' ' + at.slice(11, 19);
  }
  setInterval(tick, 1000);

  // ---- Buttons: the page stays where it is.

  document.addEventListener('submit', async (e) => {
    const form = e.target, button = e.submitter;
    if (!form.matches('form.do')) return;
    e.preventDefault();
    if (button && button.dataset.ask && !confirm(button.dataset.ask)) return;
    if (button) button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'text/html' } });
      const text = await answer.text();
      pressed++;
      if (!become(text, answer.redirected ? answer.url : null)) location.href = answer.url;
      const result = document.getElementById('result');
      if (result) result.scrollIntoView({ block: 'nearest' });
    } catch (err) {
      say(silent);
      if (button) button.disabled = false; // else the new page says whether it can be pressed
    }
  });

  // ---- Copying. Where the browser does not allow it, the text can be selected.

  function dress() {
    for (const b of document.querySelectorAll('.copy')) if (!b.previousElementSibling || !b.previousElementSibling.matches('[data-copy]')) b.remove();
    for (const text of document.querySelectorAll('[data-copy]')) {
      if (text.nextElementSibling && text.nextElementSibling.matches('.copy')) continue;
      const b = document.createElement('button');
      b.type = 'button';
      b.className = 'copy quiet';
      b.textContent = 'Copy';
      b.setAttribute('aria-label', 'Copy ' + (text.dataset.copy || text.textContent.trim().slice(0, 40)));
      text.after(b);
    }
  }

  document.addEventListener('click', (e) => {
    const b = e.target.closest('.copy');
    if (!b) return;
    const text = b.previousElementSibling;
    const done = (word) => { b.textContent = word; setTimeout(() => { b.textContent = 'Copy'; }, 1500); };
    const select = () => { const r = document.createRange(); r.selectNodeContents(text); const s = getSelection(); s.removeAllRanges(); s.addRange(r); };
    if (!navigator.clipboard) { select(); done('Selected'); return; }
    navigator.clipboard.writeText(text.textContent).then(() => done('Copied'), () => { select(); done('Selected'); });
  });

  // ---- Keyboard. Keys never act while a person types, and never stop the page from scrolling.

  let here = null; // id of the line
  const lines = () => [...document.querySelectorAll('.line')];

  function go(step) {
    const all = lines();
    if (!all.length) return;
    let i = all.findIndex((l) => l.id === here);
    i = i < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, i + step));
    mark(all[i]);
  }

  function mark(line) {
    for (const l of lines()) l.removeAttribute('data-here');
    here = line.id;
    sessionStorage.setItem('tapmock-line ' + location.href, here);
    line.setAttribute('data-here', '');
    const focus = line.querySelector('a.open, summary') || line;
    focus.focus({ preventScroll: true });
    line.scrollIntoView({ block: 'nearest' });
    history.replaceState({ here }, '');
  }

  const keys = {
    '/': () => { const q = $('#q'); if (q) { q.focus(); q.select(); } else location.href = body.dataset.home; },
    j: () => go(1),
    k: () => go(-1),
    x: () => { const box = here && document.getElementById(here) && document.getElementById(here).querySelector('input[type=checkbox]'); if (box) box.checked = !box.checked; },
    d: () => { const form = $('#compare'); if (form) form.requestSubmit(); },
    r: () => { const b = document.querySelector('button[data-key=r]'); if (b) b.click(); },
    u: () => { location.href = sessionStorage.getItem('tapmock-list') || body.dataset.home; },
    '?': () => { $('#keys').showModal(); },
  };

  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input:not([type=checkbox]), textarea, select, dialog')) {
      if (e.key === 'Escape') e.target.blur();
      return;
    }
    if (e.key === 'Enter' && e.target.matches('input[type=checkbox]')) return;
    const act = keys[e.key];
    if (act) { e.preventDefault(); act(); }
  });

  document.addEventListener('focusin', (e) => {
    const line = e.target.closest('.line');
    if (line && line.id !== here) { here = line.id; for (const l of lines()) l.toggleAttribute('data-here', l === line); history.replaceState({ here }, ''); }
  });

  // ---- An address can name an entry, which is then open.

  function openNamed() {
    const entry = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (entry && entry.tagName === 'DETAILS') entry.open = true;
    if (entry) entry.scrollIntoView({ block: 'nearest' });
  }
  addEventListener('hashchange', openNamed);
  document.addEventListener('toggle', (e) => {
    if (e.target.matches('details.entry') && e.target.open) history.replaceState(history.state, '', '#' + e.target.id);
  }, true);

  // remembered is the line at which the visitor was on this page, also if they come back by a link.
  const remembered = () => (history.state && history.state.here) || sessionStorage.getItem('tapmock-line ' + location.href);

  dress();
  openNamed();
  const line = remembered() && document.getElementById(remembered());
  if (line) mark(line);
  if ($('#q') && location.pathname === new URL(body.dataset.home, location.href).pathname) sessionStorage.setItem('tapmock-list', location.href);
  follow();
})();
