// Makes pages quicker; every page works without it. Asks this server alone.
"use strict";
(() => {
  // Times in the reader's own zone.
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const time of document.querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    if (time.dateTime.includes("T") && !Number.isNaN(date.valueOf())) time.title = format.format(date);
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
  let here = -1;
  const go = (step) => {
    const all = items();
    if (!all.length) return;
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
      const keys = [["j / k", "next / previous"], ["o, Enter", "open"], ["v", "open the source"], ["m", "mark read / unread"], ["+ / -", "like / dislike"],
        ["/", "search"], ["g h", "front page"], ["g n", "new"], ["g u", "unread"], ["g f", "feeds"], ["g s", "starred"], ["?", "this help"]];
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
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const key = prefix + event.key;
    prefix = "";
    const actions = {
      j: () => go(1),
      k: () => go(-1),
      o: () => current()?.querySelector("a.open")?.click(),
      m: () => current()?.querySelector(".readit button")?.click(),
      v: () => current()?.querySelector("a.more")?.click(),
      "+": () => current()?.querySelector("[data-ballot=like]")?.click(),
      "-": () => current()?.querySelector("[data-ballot=dislike]")?.click(),
      "/": () => document.querySelector(".find input")?.focus(),
      "?": help,
      g: () => { prefix = "g"; },
      gh: () => location.assign("/"),
      gn: () => location.assign("/?order=new"),
      gf: () => location.assign("/feeds"),
      gu: () => location.assign("/?unread=1"),
      gs: () => location.assign("/starred"),
    };
    if (actions[key]) {
      event.preventDefault();
      actions[key]();
    }
  });

  // The picture as PNG: drawn here, with the fonts of the reader's machine, at twice its size.
  const picture = document.getElementById("picture");
  if (picture) {
    const link = document.createElement("a");
    link.href = picture.href;
    link.textContent = "as PNG";
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
})();
