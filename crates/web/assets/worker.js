// Keeps the pages that were read last, and shows them when the server cannot be reached.
"use strict";
const SHELL = "shell:STYLE:SCRIPT";
const PAGES = "pages";
const MOST = 40;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(["/offline", "STYLE", "SCRIPT"])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => names.filter((name) => name !== SHELL && name !== PAGES));
  event.waitUntil(others.then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

const keep = async (request, answer) => {
  const cache = await caches.open(PAGES);
  await cache.delete(request);
  await cache.put(request, answer);
  const known = await cache.keys();
  await Promise.all(known.slice(0, Math.max(0, known.length - MOST)).map((old) => cache.delete(old)));
};

const page = async (event) => {
  const { request } = event;
  try {
    const answer = await fetch(request);
    const { pathname } = new URL(request.url);
    const worth = pathname === "/" || /^\/(story|article)\/\d+$/.test(pathname);
    if (worth && answer.ok && !answer.redirected) event.waitUntil(keep(request, answer.clone()));
    return answer;
  } catch (error) {
    const kept = await (await caches.open(PAGES)).match(request);
    return kept ?? (await caches.match("/offline")) ?? Promise.reject(error);
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (["STYLE", "SCRIPT"].includes(new URL(request.url).pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
