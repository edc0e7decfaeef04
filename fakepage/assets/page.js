// The KNET page works without this file. With it: letters do not get into number boxes, a button pressed twice sends once,
// the prefix list follows the bank, a foreign card number does not leave the browser, and the few words of jQuery that
// browser suites use are there. The browser's Back stays on the page. The page shows how much time is left, and asks the server
// where the payer goes when that has passed.
(function () {
  'use strict';

  function jQuery(selector) {
    var all = typeof selector === 'string' ? Array.from(document.querySelectorAll(selector)) : [selector];
    all.val = function (value) {
      if (value === undefined) return all.length ? all[0].value : undefined;
      all.forEach(function (e) { e.value = String(value); });
      return all;
    };
    all.text = function () { return all.map(function (e) { return e.textContent; }).join(''); };
    return all;
  }
  jQuery.active = 0; // requests under way
  window.jQuery = window.$ = jQuery;

  var form = document.getElementById('paypage');
  if (!form) return;
  var bank = document.getElementById('bankBrand');
  var prefix = document.getElementById('dcprefix');
  var number = document.getElementById('debitNumber');
  var loading = document.getElementById('loading');
  var sent = false;
  var delay = Number(document.body.dataset.prefixDelay) || 0;
  var testBank = /^201825717889145\|/;
  var prefixes = prefix ? prefix.options[1].cloneNode(true) : null;

  function fillPrefixes() {
    var known = testBank.test(bank.value) || bank.value === 'bankname' && delay === 0;
    while (prefix.options.length > 1) prefix.remove(1);
    if (known) {
      prefix.appendChild(prefixes.cloneNode(true));
      prefix.selectedIndex = 1;
    }
    number.disabled = !known && bank.value !== 'bankname';
    if (number.disabled) number.value = '';
  }

  function bankChosen() {
    if (delay === 0) return fillPrefixes();
    jQuery.active++;
    loading.hidden = false;
    setTimeout(function () {
      jQuery.active--;
      loading.hidden = true;
      fillPrefixes();
    }, delay);
  }

  if (bank && !bank.disabled) {
    bank.addEventListener('change', bankChosen);
    if (delay > 0) fillPrefixes();
    form.addEventListener('reset', function () { setTimeout(fillPrefixes); });
  }

  ['debitNumber', 'cardPin', 'debitsavedcardPIN', 'debitOTPtimer'].map(function (id) { return document.getElementById(id); }).forEach(function (box) {
    if (box) box.addEventListener('input', function () {
      var digits = box.value.replace(/[^0-9]/g, '');
      if (digits !== box.value) box.value = digits;
    });
  });

  function foreignCard() {
    var saved = document.getElementById('paymentOptionFC');
    if (saved && saved.checked && document.getElementById('debitsavedcardPIN').value) return false;
    var digits = number.value.replace(/[^0-9]/g, '');
    if (digits.length > 10) return digits.slice(0, 6) !== '888888';
    return prefix !== null && prefix.value !== '888888' && prefix.value !== 'bankcode';
  }

  // countDown shows the seconds that are left, from now on in real time, or once if the account's clock is frozen.
  var limit = document.getElementById('pagelimit');
  function countDown(seconds, show) {
    var end = Date.now() + seconds * 1000, tick;
    function step() {
      var left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      if (left === 0) clearInterval(tick);
      show(left, Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0'));
    }
    if (limit.hasAttribute('data-running')) tick = setInterval(step, 1000);
    step();
  }

  var otp = document.getElementById('debitOTPtimer');
  if (otp) countDown(Number(otp.dataset.left), function (left, clock) {
    otp.placeholder = left > 0 ? otp.dataset.timeout + ' ' + clock : otp.dataset.expired;
  });

  // Number and PIN are not sent with it. The server continues the page if the account's clock says that time is left.
  function limitReached() {
    if (sent) return;
    sent = true;
    var post = document.createElement('form');
    post.method = 'post';
    post.action = form.action;
    [['token', form.elements.token.value], ['limit', 'reached']].forEach(function (field) {
      var input = document.createElement('input');
      input.type = 'hidden';
      input.name = field[0];
      input.value = field[1];
      post.appendChild(input);
    });
    document.body.appendChild(post);
    post.submit();
  }

  countDown(Number(limit.dataset.left), function (left, clock) {
    limit.lastElementChild.textContent = clock;
    limit.hidden = false;
    if (left === 0) limitReached();
  });

  // Browsers without autofocus for headings.
  var first = document.querySelector('[autofocus]');
  if (first && document.activeElement === document.body) first.focus();

  // The real page blocks the browser's Back; the page has a button of its own for it.
  history.pushState(null, '', location.href);
  window.addEventListener('popstate', function () { history.pushState(null, '', location.href); });

  form.addEventListener('submit', function (event) {
    var pays = event.submitter && event.submitter.id === 'proceed';
    if (pays && foreignCard()) {
      number.value = '';
      var box = document.getElementById('ValidationMessage');
      box.textContent = box.dataset.number;
      box.hidden = false;
      number.setAttribute('aria-invalid', 'true');
      number.setAttribute('aria-describedby', box.id);
      number.focus();
      event.preventDefault();
      return;
    }
    if (sent) event.preventDefault();
  });
  document.addEventListener('submit', function (event) { if (!event.defaultPrevented) sent = true; });
  window.addEventListener('pageshow', function () { sent = false; });
})();
