/* Nothing typed is lost. Without this script every form works; with it:

   - A form with data-kept="device" is kept in this browser while one types, for who is signed in and for
     its address, until the server says that it is saved (a cookie with the draft's number), for 7 days.
   - A form with data-kept="page" holds closed records: nothing of it is written to the device. It is only
     not sent where that would lose it, and leaving it is warned of. So is any form where the device is full.
   - Signing out erases one's drafts. A sign-in that merely ran out leaves them for the same person. The
     difference is a mark, "left:<reader>", set when the sign-out form is sent and taken away when a page
     is shown to that person again: while it stands, their drafts are erased on every page, and a tab that
     was left open writes none. Nobody is offered another's drafts: they are found by their reader.
   - Before a form is sent the server is asked whether it can be reached. Where that is not certain it is sent. */
(() => {
  const DAY = 24 * 3600 * 1000;
  const DAYS = 7;
  const JUST_NOW = 3600 * 1000;  // so old a draft is filled in unasked after a sign-in that ran out
  const FIELD = "kept_draft";
  const reader = document.body.dataset.reader || "";
  const words = document.querySelector("template#draft-words");
  // A device that is full is still read, and what is on it still erased.
  const store = (() => { try { return localStorage; } catch { return null; } })();

  /* ----- What is kept on the device: draft:<reader>:<number> = {at, place, title, about, typed, files} ----- */
  const drafts = () => Object.keys(store || {}).filter((key) => key.startsWith("draft:")).map((key) => {
    const [, whose, number] = key.split(":");
    try { return { ...JSON.parse(store.getItem(key)), key, whose, number }; } catch { return { key, whose, number }; }
  });
  const forget = (wanted) => drafts().filter(wanted).forEach((draft) => store.removeItem(draft.key));
  const hasLeft = (whose) => Boolean(store && store.getItem(`left:${whose}`));

  const tidy = () => {
    const oldest = Date.now() - DAYS * DAY;
    // What this script would not have put there is not believed: a date to come, a way to another site.
    const isOurs = (draft) => draft.at < Date.now() + DAY && draft.typed && /^\/(?![/\\])/.test(draft.place);
    forget((draft) => !(draft.at > oldest && isOurs(draft)));
    const said = document.cookie.match(/(?:^|; )saved_drafts=([^;]*)/);
    if (said) {
      const saved = said[1].match(/[0-9a-f]{32}/g) || [];
      forget((draft) => saved.includes(draft.number));
      document.cookie = `saved_drafts=; Max-Age=0; Path=/; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
    }
    if (reader) store.removeItem(`left:${reader}`);
    Object.keys(store).filter((key) => key.startsWith("left:") && !(store.getItem(key) > oldest)).forEach((key) => store.removeItem(key));
    forget((draft) => hasLeft(draft.whose));
  };

  const newNumber = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const part = (name) => words.content.querySelector(`.${name}`).cloneNode(true);
  const two = (number) => String(number).padStart(2, "0");
  const clock = (at) => {
    const day = new Date(at), now = new Date();
    const time = `${two(day.getHours())}${document.documentElement.lang === "sv" ? "." : ":"}${two(day.getMinutes())}`;
    const date = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
    return day.toDateString() === now.toDateString() ? time : `${date} ${time}`;
  };
  const tell = (where, ...what) => {
    where.replaceChildren();
    // A moment later, so that it is a change of what stands there, which a screen reader reads out.
    setTimeout(() => where.replaceChildren(...what), 50);
  };

  const unfold = (what) => {
    for (let fold = what.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };

  /* ----- Whether the server can be reached, and who is signed in there ----- */
  const ask = async () => {
    if (navigator.onLine === false) return { offline: true };
    const patience = new AbortController();
    const waiting = setTimeout(() => patience.abort(), 4000);
    try {
      const answer = await fetch(words.dataset.here, { redirect: "manual", cache: "no-store", signal: patience.signal });
      if (answer.type === "opaqueredirect") return { signedOut: true };
      return answer.ok ? await answer.json() : {};
    } catch (error) {
      return error instanceof TypeError ? { offline: true } : {};
    } finally { clearTimeout(waiting); }
  };

  const watch = (form) => {
    const onDevice = form.dataset.kept === "device" && store;
    const address = new URL(form.getAttribute("action") || "", location.href);
    const place = address.pathname + (address.searchParams.has("draft") ? `?draft=${address.searchParams.get("draft")}` : "");
    const unkept = (box) => !box.name || ["csrfmiddlewaretoken", FIELD].includes(box.name) || ["password", "file"].includes(box.type);
    const typed = () => {
      const all = {};
      const left = new Set([...form.elements].filter(unkept).map((box) => box.name));
      for (const [name, value] of new FormData(form)) if (!left.has(name)) (all[name] ||= []).push(value);
      return all;
    };
    // What is not seen is not typed: keys, versions, ways on. The box that lists the rows is (data-rows).
    const hidden = new Set([...form.elements].filter((box) => box.type === "hidden" && box.name !== form.dataset.rows).map((box) => box.name));
    const same = (one, other) => {
      const plain = (all) => JSON.stringify(Object.entries(all).filter(([name]) => !hidden.has(name)).sort());
      return plain(one) === plain(other);
    };

    const actions = form.querySelector(".actions") || form;
    const trouble = document.createElement("div");
    trouble.className = "draft-trouble";
    trouble.setAttribute("role", "status");
    actions.before(trouble);
    const badge = part("draft-kept");
    const shown = (at) => {
      if (!at) { badge.remove(); return; }
      badge.querySelector("time").textContent = clock(at);
      if (!badge.isConnected) actions.append(badge);
    };

    // A page that shows the form again after it was sent goes on with the same draft.
    const again = words.dataset.posted;
    let number = again || newNumber();
    let begun = typed();
    let refused = Boolean(again || document.getElementById("errors"));
    let leaving = false, asking = false, passed = false, waiting = 0;
    const dirty = () => refused || !same(typed(), begun);
    const carried = document.createElement("input");
    if (onDevice) {
      Object.assign(carried, { type: "hidden", name: FIELD, value: number });
      form.append(carried);
    }
    const key = () => `draft:${reader}:${number}`;
    let written = "";
    // Not where the device was full, nor once it was erased in another tab.
    const isKept = () => Boolean(written) && store.getItem(key()) === written;
    const firstWords = () => [...form.elements].find((box) => box.type === "text" && box.offsetParent)?.value || "";
    // By the boxes that say what it is about, such as municipality and year; nothing until the first is filled in.
    const named = () => {
      const boxes = form.dataset.aboutBoxes.split(" ").map((name) => form.elements[name]);
      const words = boxes.map((box) => (box?.value && (box.selectedOptions?.[0].textContent || box.value)) || "");
      return words[0] && words.filter(Boolean).join(" ");
    };
    const keep = (always) => {
      clearTimeout(waiting);
      waiting = 0;
      if (!onDevice || leaving) return;
      written = "";
      if (hasLeft(reader)) { shown(null); return; }
      if (!always && !dirty()) { store.removeItem(key()); shown(null); return; }
      const at = Date.now();
      const files = [...form.elements].some((box) => box.type === "file" && box.value);
      const title = document.querySelector("h1")?.textContent.trim().replace(/\s+/g, " ") || "";
      try {
        const about = (form.dataset.about || (form.dataset.aboutBoxes ? named() : firstWords())).trim().slice(0, 80);
        const draft = JSON.stringify({ at, place, title, about, typed: typed(), files });
        store.setItem(key(), draft);
        written = draft;
        shown(at);
      } catch { shown(null); }  // the device is full: then it does not say that it is kept
    };

    const fill = (values) => {
      const seen = {}, changed = [];
      for (const box of form.elements) {
        if (unkept(box) || ["submit", "button", "reset", "fieldset"].includes(box.type)) continue;
        const wanted = values[box.name] || [];
        const before = box.type === "select-multiple" ? [...box.selectedOptions].map((option) => option.value).join("\n") : `${box.checked}${box.value}`;
        if (box.type === "checkbox" || box.type === "radio") box.checked = wanted.includes(box.value);
        else if (box.type === "select-multiple") for (const option of box.options) option.selected = wanted.includes(option.value);
        else {
          const n = (seen[box.name] = (seen[box.name] ?? -1) + 1);
          if (n < wanted.length) box.value = wanted[n];
          else if (box.type !== "hidden") box.value = "";
        }
        const after = box.type === "select-multiple" ? [...box.selectedOptions].map((option) => option.value).join("\n") : `${box.checked}${box.value}`;
        if (before !== after) changed.push(box);
      }
      return changed;
    };
    // What other scripts fill in on their own is told first, and then set again as it was typed.
    const fillIn = (values) => {
      const changed = fill(values);
      for (const box of changed) {
        unfold(box);
        box.dispatchEvent(new Event("change", { bubbles: true }));
      }
      for (const box of changed) box.dispatchEvent(Object.assign(new Event("input", { bubbles: true }), { isDraft: true }));
      fill(values);
    };
    const first = () => [...form.elements].find((box) => !["hidden", "submit", "button", "fieldset"].includes(box.type) && box.offsetParent)?.focus();

    const offer = (draft, ranOut) => {
      const note = part("draft-offer");
      const said = note.querySelector("[role=status]");
      const found = note.querySelector(".draft-found");
      found.querySelector("time").textContent = clock(draft.at);
      found.querySelector("time").dateTime = new Date(draft.at).toISOString();
      if (draft.about) found.querySelector(".draft-about").textContent = `: ”${draft.about}”`;
      const versions = [...form.elements].filter((box) => /(^|-)version$/.test(box.name));
      if (versions.every((box) => box.value === draft.typed[box.name]?.[0])) found.querySelector(".draft-changed").remove();
      if (!draft.files) found.querySelector(".draft-files").remove();
      const resumes = note.querySelector(".draft-resume");
      const resume = () => {
        if (waiting) keep();
        number = carried.value = draft.number;
        fillIn(draft.typed);
        keep(true);
        resumes.remove();
        const filled = part("draft-filled");
        for (const more of found.querySelectorAll(".draft-changed, .draft-files")) filled.append(" ", more);
        tell(said, filled);
        document.querySelectorAll(".draft-offer").forEach((other) => other !== note && other.remove());
        first();
      };
      // A form with rows of its own choosing (data-rows names the box that lists them) is opened with those.
      const rows = form.dataset.rows;
      const listed = rows && draft.typed[rows]?.[0];
      const elsewhere = listed && form.elements[rows].value !== listed;
      const goOn = () => {
        if (!elsewhere) return resume();
        if (waiting) keep();
        leaving = true;
        sessionStorage.setItem("draft-resumed", draft.number);
        address.searchParams.set(rows, listed);
        location.assign(address);
      };
      resumes.addEventListener("click", goOn);
      note.querySelector(".draft-discard").addEventListener("click", () => {
        forget((other) => other.key === draft.key);
        if (number === draft.number) {  // it is filled in: the form stands as it came
          number = carried.value = newNumber();
          fillIn(begun);
          keep();
        }
        note.querySelector(".buttons").remove();
        tell(said, part("draft-gone"));
        first();
      });
      form.before(note);
      unfold(note);
      found.remove();
      if (sessionStorage.getItem("draft-resumed") === draft.number) {
        sessionStorage.removeItem("draft-resumed");
        resume();
      } else if (ranOut && draft.at > Date.now() - JUST_NOW) {
        goOn();
      } else tell(said, found);
    };
    const mine = () => drafts().filter((draft) => draft.whose === reader && draft.place === place);
    if (onDevice) {
      const ours = mine().find((draft) => draft.number === number);
      if (ours) shown(ours.at);
      // What stands in the form already, because it was saved or the browser put it back, is no news.
      mine().filter((draft) => draft.number !== number && same(draft.typed, begun)).forEach((draft) => store.removeItem(draft.key));
      const others = mine().filter((draft) => draft.number !== number).sort((a, b) => b.at - a.at);
      // The latest of them is what somebody was writing when the sign-in ran out.
      const ranOut = sessionStorage.getItem("ran-out") === place;
      if (ranOut) sessionStorage.removeItem("ran-out");
      if (!refused) others.slice(0, 3).forEach((draft, nth) => offer(draft, ranOut && nth === 0));
    }

    const soon = () => { clearTimeout(waiting); waiting = setTimeout(keep, 400); };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    addEventListener("pagehide", () => { if (waiting) keep(); });
    document.addEventListener("visibilitychange", () => { if (waiting && document.hidden) keep(); });
    addEventListener("pageshow", () => { leaving = asking = false; });
    addEventListener("beforeunload", (event) => {
      if (waiting) keep();
      if (!leaving && dirty()) event.preventDefault();
    });
    const warn = (name) => {
      const note = part(name);
      note.querySelector(isKept() ? ".on-page" : ".on-device")?.remove();
      note.classList.add("note", "warn");
      tell(trouble, note);
    };
    addEventListener("online", () => {
      if (!trouble.querySelector(".draft-offline")) return;
      const note = part("draft-online");
      note.classList.add("note");
      tell(trouble, note);
    });

    form.addEventListener("submit", async (event) => {
      if (passed) { passed = false; leaving = true; return; }
      if (event.defaultPrevented) return;
      event.preventDefault();
      if (asking || leaving) return;
      asking = true;
      keep(true);
      const here = await ask();
      asking = false;
      if (here.offline) return warn("draft-offline");
      if (here.signedOut && !isKept()) return warn("draft-signed-out");
      if (here.reader && here.reader !== reader) return warn("draft-other");
      if (here.token) form.elements.csrfmiddlewaretoken.value = here.token;
      passed = true;
      form.requestSubmit(event.submitter);
    });
  };

  const leave = (form) => {
    const mine = drafts().filter((draft) => draft.whose === reader);
    if (mine.length) {
      const list = document.createElement("ul");
      for (const draft of mine.slice(0, 10)) {
        const link = document.createElement("a");
        link.href = draft.place;
        link.textContent = [draft.title, draft.about, clock(draft.at)].filter(Boolean).join(", ");
        const row = document.createElement("li");
        row.append(link);
        list.append(row);
      }
      const note = document.createElement("div");
      note.className = "note draft-offer";
      note.append(part("draft-leaving"), list);
      form.before(note);
    }
    form.addEventListener("submit", () => {
      forget((draft) => draft.whose === reader);
      // Set last, for which there is room then. Where there is none, no tab can write a draft either.
      try { store.setItem(`left:${reader}`, String(Date.now())); } catch { /* full */ }
    });
  };

  /* The page to sign in at: whether there is something of just now to come back to. */
  const comeBack = (note) => {
    const next = new URL(note.dataset.next, location.href);
    const draft = next.searchParams.get("draft");
    const place = next.pathname + (draft ? `?draft=${draft}` : "");
    if (!drafts().some((row) => row.place === place && row.at > Date.now() - JUST_NOW)) return;
    sessionStorage.setItem("ran-out", place);
    note.hidden = false;
  };

  // One form that goes wrong does not take the others along: it is sent as if there were no script.
  const each = (selector, act) => document.querySelectorAll(selector).forEach((what) => {
    try { act(what); } catch (error) { reportError(error); }
  });

  // After every other script has put its own marks on the forms.
  addEventListener("DOMContentLoaded", () => {
    if (store) tidy();
    if (store) each("[data-next]", comeBack);
    if (!reader || !words) return;
    each("form[data-kept]", watch);
    if (store) each("form[data-sign-out]", leave);
  });
})();
