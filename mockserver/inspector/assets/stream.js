// A worker that all tabs of a browser share: one event stream for each account that is looked at, because a browser opens only six connections
// to a server, which the payer's page needs too.
'use strict';
const streams = new Map();

onconnect = (e) => {
  const port = e.ports[0];
  let mine = null;
  port.onmessage = (m) => {
    leave(port, mine);
    mine = m.data;
    if (mine) join(port, mine);
  };
  port.start();
};

function join(port, address) {
  let s = streams.get(address);
  if (!s) {
    s = { ports: new Set(), source: new EventSource(address) };
    const post = (place) => { s.place = place; s.ports.forEach((p) => p.postMessage(place)); };
    s.source.addEventListener('moved', (e) => post(e.data));
    s.source.onerror = () => post('lost');
    streams.set(address, s);
  }
  s.ports.add(port);
  if (s.place) port.postMessage(s.place);
}

function leave(port, address) {
  const s = streams.get(address);
  if (!s) return;
  s.ports.delete(port);
  if (s.ports.size === 0) {
    s.source.close();
    streams.delete(address);
  }
}
