// Makes pages quicker; every page works without it. Asks this server alone.
"use strict";
(() => {
  // The words of the page's language by the English ones.
  const texts = { /* TEXTS */ };
  const t = (english) => texts[english] ?? english;
  // The only ways from text to markup or code (Trusted Types): pages that this server sent, and its worker.
  const rules = { createHTML: (page) => page, createScriptURL: (url) => (url === "/sw.js" ? url : "about:blank") };
  const own = globalThis.trustedTypes?.createPolicy("firsthand", rules) ?? rules;
  // Times in the reader's own zone: the one of their settings, else the browser's.
  const formats = (timeZone) => ({
    full: new Intl.DateTimeFormat(document.documentElement.lang === navigator.language.slice(0, 2) ? navigator.language : document.documentElement.lang, { dateStyle: "full", timeStyle: "short", timeZone }),
    short: new Intl.DateTimeFormat(document.documentElement.lang === navigator.language.slice(0, 2) ? navigator.language : document.documentElement.lang, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone }),
  });
  const { zone } = document.documentElement.dataset;
  let format = formats();
  try {
    if (zone) format = formats(zone);
  } catch {
    // A zone that this browser does not know.
  }
  const tellTimes = (root) => {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const date = new Date(time.dateTime);
      if (!time.dateTime.includes("T") || Number.isNaN(date.valueOf())) continue;
      time.title = format.full.format(date);
      if (time.classList.contains("at")) time.textContent = format.short.format(date);
    }
  };
  tellTimes(document);

  // A line that says what was done, with a way back.
  const say = (text, undo) => {
    document.querySelector(".toast")?.remove();
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.setAttribute("role", "status");
    toast.append(`${text} `);
    if (undo) {
      const button = document.createElement("button");
      button.textContent = t(t("Undo"));
      button.addEventListener("click", () => { toast.remove(); undo(); });
      toast.append(button);
    }
    document.body.append(toast);
    setTimeout(() => toast.remove(), 8000);
  };
  const send = async (path, fields) => {
    const answer = await fetch(path, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
    if (!answer.ok && answer.type !== "opaqueredirect") throw new Error(answer.status);
  };

  // Reading marks and stars without a new page.
  const setRead = async (story, read) => {
    await send("/read", { stories: story.id.replace("story-", ""), read });
    story.classList.toggle("read", read);
    const button = story.querySelector(".readit button");
    button.value = String(!read);
    button.textContent = read ? t("Mark unread") : t("Mark read");
  };
  const quick = {
    readit: async (form, button) => {
      const story = form.closest(".story");
      const read = button.value === "true";
      await setRead(story, read);
      if (read) say(t("Marked as read."), () => setRead(story, false));
    },
    starit: async (form, button) => {
      const starred = button.value === "true";
      await send(form.action, { starred });
      button.value = String(!starred);
      button.setAttribute("aria-pressed", starred);
      button.textContent = starred ? t("Starred") : t("Star it");
    },
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    const act = Object.keys(quick).find((name) => form.classList.contains(name));
    if (!act || !button) return;
    event.preventDefault();
    try {
      await quick[act](form, button);
    } catch {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
      form.submit();
    }
  });

  // What was scrolled past is marked as read, where the reader wants that.
  let watchReading = () => {};
  if ("readByScrolling" in document.body.dataset) {
    const seen = new Set();
    const watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const story = entry.target;
        if (entry.isIntersecting) seen.add(story);
        else if (seen.has(story) && entry.boundingClientRect.bottom < 0) {
          watcher.unobserve(story);
          if (!story.classList.contains("read")) setRead(story, true).then(() => say(t("Marked as read."), () => setRead(story, false)), () => {});
        }
      }
    });
    watchReading = (stories) => stories.forEach((story) => watcher.observe(story));
    watchReading([...document.querySelectorAll(".story")]);
  }

  // The next pages of a list come when its end is near, three of them: then the foot of the page can be reached.
  // Each stays a page with an address of its own.
  let turns = 3;
  const turning = new IntersectionObserver(async (entries) => {
    const paging = document.querySelector("main > .paging");
    const next = paging?.querySelector("a[rel=next]");
    if (!entries.some((entry) => entry.isIntersecting) || !next) return;
    turning.disconnect();
    try {
      const answer = await fetch(next.href);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(own.createHTML(await answer.text()), "text/html");
      const known = new Set([...document.querySelectorAll(".story, .row")].map((item) => item.id));
      const more = [...page.querySelectorAll("main > .story, main > .row, main > .folded")].filter((item) => !known.has(item.id));
      paging.before(...more);
      tellTimes(document.querySelector("main"));
      watchReading(more.filter((item) => item.matches(".story")));
      const turned = page.querySelector("main > .paging");
      if (turned?.querySelector("a[rel=next]")) {
        paging.replaceWith(turned);
        turns -= 1;
        if (turns > 0) turning.observe(turned);
      } else {
        paging.remove();
      }
    } catch {
      // The link itself still works.
    }
  }, { rootMargin: "600px" });
  for (const paging of document.querySelectorAll("main > .paging:has(a[rel=next])")) turning.observe(paging);

  // A rule is tried while it is written.
  const rule = document.querySelector("form[data-preview]");
  if (rule) {
    let waiting;
    rule.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const asked = new URLSearchParams(new FormData(rule));
        asked.set("part", "preview");
        const answer = await fetch(`/rules?${asked}`);
        if (answer.ok) document.getElementById("preview").innerHTML = own.createHTML(await answer.text());
      }, 250);
    });
  }

  // The page of an empty server is looked at again until there is something.
  if (document.querySelector("[data-reload]")) setTimeout(() => location.reload(), 2500);

  // Without a connection the pages that were read last are there.
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(own.createScriptURL("/sw.js")).catch(() => {});
  document.querySelector("form[action='/signout']")?.addEventListener("submit", () => globalThis.caches?.delete("pages"));
  const kept = document.getElementById("kept");
  if (kept && globalThis.caches) {
    caches.open("pages").then(async (cache) => {
      for (const request of (await cache.keys()).reverse()) {
        const text = await (await cache.match(request)).text();
        const link = document.createElement("a");
        link.href = request.url;
        const page = new DOMParser().parseFromString(own.createHTML(text), "text/html");
        link.textContent = page.querySelector("h1.title")?.textContent ?? page.title;
        const item = document.createElement("li");
        item.append(link);
        kept.append(item);
      }
    });
  }

  // Votes without a new page.
  const show = (form, tally) => {
    for (const button of form.querySelectorAll("button[data-ballot]")) {
      const ballot = button.dataset.ballot;
      const pressed = tally.vote === ballot;
      button.setAttribute("aria-pressed", pressed);
      button.value = pressed ? "none" : ballot;
      button.querySelector(".count").textContent = tally[ballot === "like" ? "likes" : "dislikes"];
    }
  };
  const kinds = { story: "stories", article: "articles" };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches(".votes") || !event.submitter) return;
    event.preventDefault();
    const { subject, id } = form.dataset;
    try {
      const answer = await fetch(`/api/v1/${kinds[subject]}/${id}/vote`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ vote: event.submitter.value }),
      });
      if (!answer.ok) throw new Error(answer.status);
      show(form, await answer.json());
    } catch {
      // The form itself still works.
      const button = event.submitter;
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "vote", value: button.value });
      form.append(field);
      form.submit();
    }
  });

  // Keys.
  const items = () => [...document.querySelectorAll(".story, .row")];
  // The list that one came from: its neighbours are a key away.
  let neighbours = {};
  try {
    const links = items().map((item) => item.querySelector("a.open")).filter(Boolean);
    const single = /^\/(story|article)\/\d+$/.test(location.pathname);
    if (links.length && !single) {
      const entries = links.map((link) => [link.pathname, link.textContent]);
      sessionStorage.setItem("list", JSON.stringify({ path: location.pathname + location.search, entries }));
    } else if (single) {
      const list = JSON.parse(sessionStorage.getItem("list") ?? "null");
      const place = list?.entries.findIndex(([path]) => path === location.pathname) ?? -1;
      if (place >= 0) {
        neighbours = { before: list.entries[place - 1], after: list.entries[place + 1], list: list.path };
        const nav = document.createElement("nav");
        nav.className = "paging inlist";
        nav.setAttribute("aria-label", t("In the list"));
        const link = (entry, mark, behind) => {
          const made = document.createElement("a");
          made.href = entry[0];
          made.textContent = behind ? `${entry[1]} ${mark}` : `${mark} ${entry[1]}`;
          return made;
        };
        nav.append(neighbours.before ? link(neighbours.before, "←", false) : "", link([list.path, t("the list")], "↑", false),
          neighbours.after ? link(neighbours.after, "→", true) : "");
        document.querySelector("main").append(nav);
      }
    }
  } catch {
    // Without storage there are no neighbours.
  }
  let here = -1;
  const go = (step) => {
    const all = items();
    const neighbour = step > 0 ? neighbours.after : neighbours.before;
    if (neighbours.list && neighbour) location.assign(neighbour[0]);
    if (!all.length || neighbours.list) return;
    all[here]?.classList.remove("here");
    here = Math.min(all.length - 1, Math.max(0, here + step));
    all[here].classList.add("here");
    all[here].scrollIntoView({ block: "nearest" });
    all[here].querySelector("a.open")?.focus({ preventScroll: true });
  };
  const current = () => items()[here] ?? document.querySelector("main");
  const help = () => {
    let dialog = document.querySelector("dialog.keys");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.className = "keys";
      const list = document.createElement("dl");
      list.className = "keys";
      const keys = [["j / k, n / p", t("next / previous")], ["o, Enter", t("open")], ["v", t("open the source")], ["m", t("mark read / unread")], ["A", t("mark the page as read")], ["s, f", t("star")],
        ["u", t("back to the list")], ["+ / -", t("like / dislike")], ["/", t("search")], ["g h", t("front page")], ["g n", t("new")], ["g u", t("unread")],
        ["g f", t("feeds")], ["g s", t("starred")], ["g r", t("for you")], ["?", t("this help")]];
      for (const [key, what] of keys) {
        const term = document.createElement("dt");
        const name = document.createElement("kbd");
        name.textContent = key;
        term.append(name);
        const meaning = document.createElement("dd");
        meaning.textContent = what;
        list.append(term, meaning);
      }
      dialog.append(list);
      document.body.append(dialog);
    }
    dialog.open ? dialog.close() : dialog.showModal();
  };
  let prefix = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) return;
    const key = prefix + event.key;
    prefix = "";
    const actions = {
      j: () => go(1),
      k: () => go(-1),
      o: () => current()?.querySelector("a.open")?.click(),
      m: () => current()?.querySelector(".readit button")?.click(),
      n: () => go(1),
      p: () => go(-1),
      s: () => current()?.querySelector(".starit button")?.click(),
      f: () => current()?.querySelector(".starit button")?.click(),
      A: () => document.querySelector("button.allread")?.click(),
      u: () => neighbours.list && location.assign(neighbours.list),
      Enter: () => current()?.querySelector("a.open")?.click(),
      v: () => current()?.querySelector("a.more")?.click(),
      "+": () => current()?.querySelector("[data-ballot=like]")?.click(),
      "-": () => current()?.querySelector("[data-ballot=dislike]")?.click(),
      "/": () => document.querySelector(".find input")?.focus(),
      "?": help,
      g: () => { prefix = "g"; },
      gh: () => location.assign("/"),
      gn: () => location.assign("/?order=new"),
      gf: () => location.assign("/feeds"),
      gr: () => location.assign("/for-you"),
      gu: () => location.assign("/?unread=1"),
      gs: () => location.assign("/starred"),
    };
    // Enter belongs to what has the focus.
    if (event.key === "Enter" && event.target !== document.body) return;
    if (actions[key]) {
      event.preventDefault();
      actions[key]();
    }
  });

  // A swipe over a story: to the right it is read, to the left it is starred. On a story's own page it leads to the
  // next one of the list, or back.
  let touched = null;
  document.addEventListener("touchstart", (event) => {
    const [touch] = event.touches;
    touched = event.touches.length === 1 ? { x: touch.clientX, y: touch.clientY, story: event.target.closest(".story") } : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    const [touch] = event.changedTouches;
    const start = touched;
    touched = null;
    if (!start || Math.abs(touch.clientY - start.y) > 40 || Math.abs(touch.clientX - start.x) < 90) return;
    const right = touch.clientX > start.x;
    if (start.story) start.story.querySelector(right ? ".readit button" : ".starit button")?.click();
    else if (neighbours.list && !event.target.closest("table, pre, svg, nav")) {
      const neighbour = right ? neighbours.before : neighbours.after;
      if (neighbour) location.assign(neighbour[0]);
    }
  }, { passive: true });

  // The picture as PNG: drawn here, with the fonts of the reader's machine, at twice its size.
  const picture = document.getElementById("picture");
  if (picture) {
    const link = document.createElement("a");
    link.href = picture.href;
    link.textContent = t(t("as PNG"));
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      const image = new Image();
      image.src = picture.href;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.naturalWidth * 2;
      canvas.height = image.naturalHeight * 2;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((drawn) => {
        const file = document.createElement("a");
        file.href = URL.createObjectURL(drawn);
        file.download = picture.href.split("/").pop().replace(/svg$/, "png");
        file.click();
        setTimeout(() => URL.revokeObjectURL(file.href), 60000);
      }, "image/png");
    });
    picture.after(" (", link, ")");
  }

  // Passkeys: the browser makes or uses a key, the server asks and checks.
  const problem = document.querySelector("[data-passkey-problem]");
  const ask = async (path, body) => {
    const answer = await fetch(path, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    return answer.status === 204 ? null : answer.json();
  };
  const passkey = {
    async add() {
      const { question, options } = await ask("/api/passkeys/begin", {});
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey);
      const credential = (await navigator.credentials.create({ publicKey })).toJSON();
      await ask("/api/passkeys/finish", { question, credential, label: document.getElementById("key-label").value });
      location.reload();
    },
    async signin(button) {
      const name = button.form.elements.name.value;
      const { question, options } = await ask("/api/passkeys/signin/begin", { name });
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey);
      const credential = (await navigator.credentials.get({ publicKey })).toJSON();
      await ask("/api/passkeys/signin/finish", { question, credential });
      location.assign(button.form.elements.back.value || "/");
    },
  };
  for (const button of document.querySelectorAll("[data-passkey]")) {
    if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      problem.hidden = true;
      passkey[button.dataset.passkey](button).catch((error) => {
        problem.textContent = error.message;
        problem.hidden = false;
      });
    });
  }
})();
