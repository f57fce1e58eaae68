/* The census table by keyboard: Enter confirms a row, arrows move, X opens the step for who is gone. Each box
   is saved when one leaves it, row by row; what cannot be saved says so in its row. Without this script the
   table is one form. Nothing is kept on the device: these are closed records. */
(() => {
  const form = document.querySelector(".census-form");
  if (!form) return;
  form.classList.add("live");
  const said = form.querySelector(".said");
  const words = form.dataset;
  const PATIENCE = [2, 4, 8, 15, 30];
  const rows = new Map();

  const lines = () => [...form.querySelectorAll("tr.asked")];
  const lineOf = (key) => form.querySelector(`tr.asked[data-key="${key}"]`);
  const moreOf = (line) => (line.nextElementSibling?.matches(".more") ? line.nextElementSibling : null);
  const boxesOf = (line) => [...line.querySelectorAll("td.cell input")];
  const stateOf = (line) => line.querySelector("select");
  const fieldOf = (line, name) => document.getElementById(`id_${line.dataset.key}-${name}`);
  const versionOf = (line) => line.querySelector("input[type=hidden]");
  const nameOf = (line) => line.querySelector("th a").textContent;
  const fieldsOf = (line) => [line, moreOf(line)].filter(Boolean)
    .flatMap((part) => [...part.querySelectorAll("input, select, textarea")]);
  const values = (line) => Object.fromEntries(fieldsOf(line).map((box) => [box.name, box.value]));
  const focused = (line) => line.contains(document.activeElement) || Boolean(moreOf(line)?.contains(document.activeElement));

  // Of each row: what the server has (`base`), what was sent last and is not acknowledged (`last`), the state
  // that is to be sent (`wanted`), the work under way (`busy`), and whether somebody else was first (`conflict`).
  const rowOf = (line) => {
    const key = line.dataset.key;
    if (!rows.has(key)) rows.set(key, { key, base: values(line), last: null, wanted: null, busy: null, timer: 0, tries: 0, conflict: false });
    return rows.get(key);
  };
  const plain = (text) => (/^[-–—−]$/.test(text.trim()) ? "–" : text.trim().replace(/\r\n/g, "\n"));
  const typed = (all) => JSON.stringify(Object.entries(all)
    .filter(([name, value]) => !/-(version|state|became|since)$/.test(name) && value.trim())
    .map(([name, value]) => [name, plain(value)]).sort());
  const isChanged = (line) => {
    const row = rowOf(line);
    return typed(values(line)) !== typed(row.last || row.base);
  };

  const say = (text) => {
    said.textContent = "";
    if (text) setTimeout(() => { said.textContent = text; }, 50);
  };
  const mark = (line, text, tone) => {
    const place = line.querySelector(".saving");
    place.textContent = text;
    line.classList.toggle("waits", tone === "waits");
  };

  /* ----- Saving ----- */
  // One request a row at a time; what is typed meanwhile goes with the next.
  const save = (line, state) => {
    const row = rowOf(line);
    row.wanted = state;
    row.conflict = false;
    if (row.busy) return row.busy;
    clearTimeout(row.timer);
    row.timer = 0;
    row.busy = drain(row);
    return row.busy;
  };
  const drain = async (row) => {
    let status = 0;
    while (row.wanted && !row.timer) status = await send(lineOf(row.key), row);
    row.busy = null;
    return status;
  };

  const bodyOf = (line, state, typed, version) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(typed)) body.append(name, value);
    body.set(`${line.dataset.key}-state`, state);
    body.set(`${line.dataset.key}-version`, version);
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    return body;
  };

  // Rows go one after another, so that a table typed fast does not queue up in the database.
  let turn = Promise.resolve();
  const inTurn = (job) => {
    const mine = turn.then(job, job);
    turn = mine.catch(() => {});
    return mine;
  };
  const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

  const send = async (line, row) => {
    const state = row.wanted, sent = values(line);
    row.wanted = null;
    row.last = sent;
    row.state = state;
    mark(line, words.saving);
    let answer = null, page = null;
    try {
      answer = await inTurn(() => fetch(line.dataset.url, {
        method: "POST", body: bodyOf(line, state, sent, versionOf(line).value), redirect: "manual",
        keepalive: true, cache: "no-store", signal: AbortSignal.timeout(15000),
      }));
      if ([200, 409, 422].includes(answer.status)) page = parsed(await answer.text());
    } catch { /* no connection */ }
    if (page?.querySelector("tr.asked")) {
      row.tries = 0;
      row.conflict = answer.status === 409;
      if (row.conflict) row.wanted = null;
      const fresh = page.querySelector("tr.asked");
      if (answer.status === 200) {
        row.base = values(fresh);
        row.last = null;
      }
      show(line, fresh, page, sent, answer.status);
      if (answer.status === 200) {
        if (state === "confirmed" && !row.wanted) say(`${nameOf(line)}: ${stateOf(line).selectedOptions[0].text}`);
      }
      return answer.status;
    }
    const signedOut = answer && (answer.type === "opaqueredirect" || answer.status === 403);
    const why = signedOut ? words.signedOut : words.waiting;
    if (!row.tries) say(`${nameOf(line)}: ${why}`);
    mark(line, why, "waits");
    row.wanted ||= state;
    row.timer = setTimeout(() => again(row), 1000 * PATIENCE[Math.min(row.tries, PATIENCE.length - 1)]);
    row.tries += 1;
    return 0;
  };

  const again = async (row) => {
    row.timer = 0;
    // Whoever signed in again in another tab got a new token.
    try {
      const here = await (await fetch(words.here, { redirect: "manual", cache: "no-store" })).json();
      if (here.reader === document.body.dataset.reader && here.token) form.elements.csrfmiddlewaretoken.value = here.token;
    } catch { /* still away */ }
    if (row.wanted) save(lineOf(row.key), row.wanted);
  };
  addEventListener("online", () => rows.forEach((row) => {
    if (!row.timer) return;
    clearTimeout(row.timer);
    again(row);
  }));

  /* ----- What the server answered ----- */
  // The box one is in may be put in anew: that is not leaving it.
  let isShowing = false;
  const show = (...what) => {
    isShowing = true;
    try { put(...what); } finally { isShowing = false; }
  };
  const put = (line, fresh, page, sent, status) => {
    const more = moreOf(fresh);
    const active = document.activeElement;
    const at = focused(line) ? [active.id, active.selectionStart, active.selectionEnd] : null;
    line.className = fresh.className;
    versionOf(line).value = versionOf(fresh).value;
    line.querySelector(".statecell").replaceChildren(...fresh.querySelector(".statecell").childNodes);
    line.querySelector(".received").replaceWith(fresh.querySelector(".received"));
    const now = values(line);
    const cells = [...line.querySelectorAll("td.cell, td.commentcell")];
    [...fresh.querySelectorAll("td.cell, td.commentcell")].forEach((cell, i) => {
      const old = cells[i].querySelector("input, textarea"), box = cell.querySelector("input, textarea");
      if (!old || !box) { cells[i].replaceWith(cell); return; }
      const retyped = now[old.name] !== sent[old.name];
      if (!retyped && (old !== active || !old.value) && old.value !== box.value) {
        old.value = box.value;
        if (old === active) old.select();
      }
      old.classList.toggle("is-invalid", box.matches(".is-invalid"));
      for (const name of ["aria-invalid", "aria-describedby"]) {
        if (box.hasAttribute(name)) old.setAttribute(name, box.getAttribute(name));
        else old.removeAttribute(name);
      }
    });
    const old = moreOf(line);
    if (old && more) {
      for (const box of more.querySelectorAll("input")) {
        const before = old.querySelector(`[name="${box.name}"]`);
        if (before && before.value !== sent[box.name]) box.value = before.value;
      }
      old.replaceWith(more);
    } else if (old) old.remove();
    else if (more) line.after(more);
    const coverage = page.getElementById("coverage");
    if (coverage) document.getElementById("coverage").replaceWith(coverage);
    const foot = page.getElementById("census-foot");
    if (foot) document.getElementById("census-foot").replaceWith(foot);
    if (at && !focused(line)) {
      const box = document.getElementById(at[0]);
      box?.focus({ preventScroll: true });
      if (box?.matches("input[type=text], textarea") && at[1] !== null) box.setSelectionRange(at[1], at[2]);
    }
    if (status !== 200) {
      const why = [...(more?.querySelectorAll(".problem") || [])].map((one) => one.textContent.trim()).join(" ");
      say(`${nameOf(line)}: ${words.refused}. ${why}`);
    }
  };

  // What is typed goes along with a stronger wish that is not sent yet: to confirm is not taken back by leaving.
  const keep = (line) => save(line, rowOf(line).wanted || "draft");
  const leave = (line) => { if (isChanged(line) && !rowOf(line).conflict) keep(line); };

  /* ----- Moving ----- */
  const go = (box) => { if (box) { box.focus(); box.select?.(); } };
  const waits = (line) => ["not_answered", "draft"].includes(stateOf(line).value) && boxesOf(line).length > 0 && rowOf(line).wanted !== "confirmed" && !rowOf(line).confirming;
  const nextLine = (line) => {
    const all = lines(), i = all.indexOf(line);
    return [...all.slice(i + 1), ...all.slice(0, i)].find(waits);
  };
  const onward = (line) => {
    const next = nextLine(line);
    if (next) go(boxesOf(next)[0]);
    else { say(words.done); form.querySelector(".actions button").focus(); }
  };

  /* A total outside its usual range asks why: then one stays in the row until the server has said so. */
  const isUsual = (line, group) => {
    const range = line.dataset[group];
    const text = (box) => box.value.replace(/\s/g, "");
    const parts = boxesOf(line).filter((box) => box.dataset.of === group);
    const known = parts.filter((box) => /^\d+$/.test(text(box)));
    const before = parts.filter((box) => box.dataset.last);
    const named = (boxes) => boxes.map((box) => box.name).filter((name) => !name.endsWith("-employed_unspecified")).join();
    // Only the same parts can be compared: an unknown one may hide a change, or be all of it.
    if (!range || !known.length || !before.length || named(known) !== named(before)) return true;
    const [least, most] = range.split(" ").map(Number), total = known.reduce((sum, box) => sum + Number(text(box)), 0);
    return total >= least && total <= most;
  };
  const isPlain = (line) => boxesOf(line).some((box) => /\d/.test(box.value))
    && boxesOf(line).every((box) => /^(\d{1,4}|[-–]?)$/.test(box.value.trim()))
    && (fieldOf(line, "explanation")?.value.trim() || ["employed", "placed"].every((group) => isUsual(line, group)))
    && !moreOf(line)?.querySelector(".problem");

  const confirm = async (line) => {
    const row = rowOf(line);
    moreOf(line)?.querySelector(".leaving")?.remove();
    if (stateOf(line).value === "confirmed" && !isChanged(line)) return onward(line);
    for (const box of boxesOf(line)) if (!box.value.trim() && box.dataset.last) box.value = box.dataset.last;
    const isSure = isPlain(line);
    row.confirming = true;
    const saved = save(line, "confirmed");
    if (isSure) onward(line);
    await saved;
    row.confirming = false;
    if (isSure || (!focused(line) && document.activeElement !== document.body)) return;
    if (row.timer || (stateOf(line).value === "confirmed" && !row.last)) return onward(line);
    const wrong = line.querySelector(".is-invalid") || moreOf(line)?.querySelector(".is-invalid, .why input");
    go(wrong || boxesOf(line)[0]);
  };

  /* ----- Who is gone ----- */
  const openLeaving = (line) => {
    const key = line.dataset.key;
    if (!moreOf(line)?.querySelector(".leaving")) {
      const fresh = document.getElementById("leaving").content.querySelector("tr").cloneNode(true);
      fresh.innerHTML = fresh.innerHTML.replaceAll("KEY", key);
      if (moreOf(line)) moreOf(line).querySelector("td").append(fresh.querySelector(".leaving"));
      else line.after(fresh);
    }
    fieldOf(line, "became").focus();
  };
  const closeLeaving = (line) => {
    moreOf(line)?.querySelector(".leaving")?.remove();
    if (moreOf(line) && !moreOf(line).querySelector("td").children.length) moreOf(line).remove();
    stateOf(line).value = stateOf(line).querySelector("[selected]")?.value || "not_answered";
    go(boxesOf(line)[0] || stateOf(line));
  };
  const setNotApplicable = async (line) => {
    const boxes = boxesOf(line), before = boxes.map((box) => box.value);
    boxes.forEach((box) => { box.value = ""; });
    const status = await save(line, "not_applicable");
    if (status === 200 || status === 0) return onward(line);
    boxes.forEach((box, i) => { box.value = before[i]; });
    rowOf(line).last = values(line);
    go(moreOf(line)?.querySelector(".why input, .leaving input") || stateOf(line));
  };

  /* ----- Keys ----- */
  const ownLine = (target) => {
    const line = target.closest("tr.asked, tr.more");
    return line && (line.matches(".more") ? lineOf(line.dataset.key || line.previousElementSibling.dataset.key) : line);
  };
  const step = (event, line) => {
    const box = event.target, all = lines().filter((one) => boxesOf(one).length);
    const columns = [...boxesOf(line), fieldOf(line, "comment")];
    const i = columns.indexOf(box);
    if (i < 0) return;
    const isText = box.matches("textarea");
    const whole = box.selectionStart === 0 && box.selectionEnd === box.value.length;
    let next = null;
    if (event.key === "Home" || event.key === "End") {
      if (isText) return;
      next = columns[event.key === "Home" ? 0 : columns.length - 2];
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      if (isText && box.value.includes("\n")) return;
      const other = all[all.indexOf(line) + (event.key === "ArrowUp" ? -1 : 1)];
      next = other && (isText ? fieldOf(other, "comment") : boxesOf(other)[i]);
    } else if (event.key === "ArrowLeft" && (whole || box.selectionStart === 0)) next = columns[i - 1];
    else if (event.key === "ArrowRight" && (whole || box.selectionEnd === box.value.length)) next = columns[i + 1];
    else return;
    if (next) { event.preventDefault(); go(next); }
  };

  form.addEventListener("keydown", (event) => {
    const line = ownLine(event.target);
    if (!line || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const inMore = event.target.closest("tr.more");
    const isNumber = event.target.matches("td.cell input");
    if (event.key === "Enter" && !event.shiftKey && event.target.matches("input, textarea, select")) {
      if (event.target.matches("select") && !inMore) return;
      event.preventDefault();
      if (event.target === fieldOf(line, "became") && event.target.value && !fieldOf(line, "since").value.trim()) go(fieldOf(line, "since"));
      else if (event.target.closest(".leaving")) setNotApplicable(line);
      else confirm(line);
    } else if (event.key === "Escape") {
      if (event.target.closest(".leaving")) { event.preventDefault(); closeLeaving(line); }
    } else if (isNumber && event.key.toLowerCase() === "x") {
      event.preventDefault();
      openLeaving(line);
    } else if (/^(Arrow|Home$|End$)/.test(event.key) && !event.shiftKey) step(event, line);
  });

  form.addEventListener("focusin", (event) => { if (event.target.matches("td.cell input")) event.target.select(); });
  form.addEventListener("focusout", (event) => {
    const line = ownLine(event.target);
    if (line && !isShowing && event.target.matches("td.cell input, textarea, .why input")) leave(line);
  });
  form.addEventListener("change", (event) => {
    const line = ownLine(event.target);
    if (!line || event.target !== stateOf(line)) return;
    if (event.target.value === "not_applicable") openLeaving(line);
    else save(line, event.target.value);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    const line = button && ownLine(button);
    if (!line) return;
    const does = button.dataset.do;
    if (does === "leave") setNotApplicable(line);
    if (does === "stay") closeLeaving(line);
    if (does === "keep") save(line, stateOf(line).value);
    if (does === "take") {
      const theirs = JSON.parse(button.parentElement.dataset.theirs);
      for (const [name, value] of Object.entries(theirs)) if (fieldOf(line, name)) fieldOf(line, name).value = value;
      save(line, theirs.state);
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    lines().filter(isChanged).forEach(keep);
  });

  /* ----- Leaving the page: what is typed goes along; what waits is warned of ----- */
  const LEFT = "census-left";
  addEventListener("pagehide", () => {
    for (const line of lines()) {
      const row = rowOf(line), version = versionOf(line).value;
      if (row.conflict || !(row.busy || row.wanted || isChanged(line))) continue;
      sessionStorage.setItem(LEFT, "1");
      // One request a row, with what was sent of it before and what was typed since: the one that is on its way
      // may come after it.
      const earlier = row.last && bodyOf(line, row.state, row.last, version);
      const isNewer = row.wanted || isChanged(line);
      const body = earlier && !isNewer ? earlier : bodyOf(line, row.wanted || "draft", values(line), version);
      if (earlier && isNewer) body.set("earlier", String(new URLSearchParams(earlier)));
      fetch(line.dataset.url, { method: "POST", body, keepalive: true }).catch(() => {});
    }
  });

  // What went along when the page was left may come after the page was fetched anew.
  const catchUp = async () => {
    const page = parsed(await (await fetch(location.href, { cache: "no-store" })).text());
    for (const fresh of page.querySelectorAll("tr.asked")) {
      const line = lineOf(fresh.dataset.key);
      if (!line || rowOf(line).busy || isChanged(line) || versionOf(line).value === versionOf(fresh).value) continue;
      rowOf(line).base = values(fresh);
      show(line, fresh, page, values(line), 200);
    }
  };
  if (sessionStorage.getItem(LEFT)) {
    sessionStorage.removeItem(LEFT);
    setTimeout(() => catchUp().catch(() => {}), 700);
  }
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("beforeunload", (event) => {
    if ([...rows.values()].some((row) => row.timer || row.conflict)) event.preventDefault();
  });

  lines().forEach(rowOf);
})();
