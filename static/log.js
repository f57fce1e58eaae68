/* Logging an event: sums run along, arrow keys move between the boxes, a note says how many usually
   come, and an earlier event of the same name fills in the rest. Without it everything works. */
(() => {
  const counting = document.querySelector(".counting");
  const titles = document.getElementById("earlier-titles");
  if (!counting || !titles) return;
  const form = counting.closest("form");
  const isNew = !document.getElementById("id_version");
  const known = JSON.parse(titles.dataset.known);
  const field = (name) => document.getElementById(`id_${name}`);
  const folded = (text) => text.trim().toLowerCase().replace(/\s+/g, " ");
  const earlier = () => known.titles.find((row) => folded(row.title) === folded(field("title").value));
  const written = (value) => (value === null ? "–" : String(value).replace(/\B(?=(\d{3})+$)/g, "\u00a0"));

  /* Sums: of what is typed; nothing typed, or something that is no number, is unknown. */
  const number = (box) => {
    const typed = box.value.replace(/\s/g, "");
    if (!typed) return null;
    return /^\d{1,4}$/.test(typed) ? Number(typed) : NaN;
  };
  const sum = (boxes) => {
    const typed = boxes.map(number).filter((value) => value !== null);
    if (!typed.length || typed.some(Number.isNaN)) return null;
    return typed.reduce((a, b) => a + b, 0);
  };
  const show = (cell, value) => { if (cell) cell.textContent = written(value); };
  const linesOf = (grid) => [...grid.tBodies[0].rows].filter((row) => row.querySelector("input"));
  const boxesOf = (line) => [...line.querySelectorAll("input")];
  const grids = [...counting.querySelectorAll(".grid.attend")];
  const [byAudience, totalOnly] = grids;
  // Of a total alone women and men are a part; where the total is not typed they are all.
  const whole = (grid) => {
    const boxes = linesOf(grid).flatMap(boxesOf);
    return grid === totalOnly && number(boxes[0]) !== null ? sum(boxes.slice(0, 1)) : sum(boxes);
  };
  const add = (grid) => {
    const rows = linesOf(grid).map(boxesOf);
    linesOf(grid).forEach((line, i) => show(line.querySelector(".row-sum"), sum(rows[i])));
    grid.querySelectorAll(".column-sum").forEach((cell, i) => show(cell, sum(rows.map((boxes) => boxes[i]))));
    show(grid.querySelector(".whole-sum"), whole(grid));
  };

  const move = (grid, event) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const step = steps[event.key];
    const rows = linesOf(grid).filter((line) => !line.hidden).map(boxesOf);
    const row = rows.findIndex((boxes) => boxes.includes(event.target));
    if (!step || row < 0) return;
    const box = event.target;
    const all = box.selectionStart === 0 && box.selectionEnd === box.value.length;
    if (event.key === "ArrowLeft" && box.selectionStart > 0) return;
    if (event.key === "ArrowRight" && box.selectionEnd < box.value.length && !all) return;
    const next = rows[row + step[0]]?.[rows[row].indexOf(box) + step[1]];
    if (next) { event.preventDefault(); next.focus(); next.select(); }
  };

  /* The note: the sum in words, and between which numbers such events usually lie. It never blocks. */
  const note = counting.querySelector(".usual");
  const say = () => {
    const usual = earlier()?.usual
      || known.usual[`${field("kind").value} ${field("where").value}`]
      || known.usual[field("kind").value];
    const total = field("mode_1").checked ? whole(totalOnly) : whole(byAudience);
    const words = [];
    if (total !== null) words.push(note.dataset[total === 1 ? "one" : "many"].replace("{number}", written(total)));
    if (usual && total !== null && total > usual[1]) words.push(note.dataset.more);
    if (usual && total !== null && total < usual[0]) words.push(note.dataset.fewer);
    if (usual) words.push(usual[2]);
    note.classList.toggle("visually-hidden", !usual);
    if (note.textContent !== words.join(" ")) note.textContent = words.join(" ");
  };
  let waiting;
  const saySoon = () => { clearTimeout(waiting); waiting = setTimeout(say, 300); };

  /* The rows an earlier event of the name was counted in come alone; a button shows the others. */
  const others = document.createElement("button");
  others.type = "button";
  others.className = "btn-link-plain others";
  const ways = counting.querySelector(".ways-on");
  ways.prepend(others);
  const nameOf = (line) => line.querySelector("th").firstChild.textContent.trim().toLowerCase();
  const showRows = (audiences) => {
    const lines = linesOf(byAudience);
    const divided = lines.filter((line) => line.matches(".divided")).map((line) => line.dataset.audience);
    const wanted = (line) => !audiences || [...audiences, ...divided].includes(line.dataset.audience)
      || line.matches(".mend") || boxesOf(line).some((box) => box.value.trim());
    const keep = lines.some((line) => audiences?.includes(line.dataset.audience));
    lines.forEach((line) => { line.hidden = keep && !wanted(line); });
    const names = [...new Set(lines.filter((line) => line.hidden).map(nameOf))];
    const last = names.length > 1 ? ` ${ways.dataset.and} ${names.pop()}` : "";
    others.hidden = !names.length;
    others.textContent = ways.dataset.others.replace("{audiences}", names.join(", ") + last);
  };
  others.addEventListener("click", () => {
    const first = linesOf(byAudience).find((line) => line.hidden);
    showRows(null);
    if (first) boxesOf(first)[0].focus();
  });

  /* What stands in a field at the start, or was chosen by hand, is never replaced. */
  const preset = ["format", "initiative"];
  const copied = ["kind", "where", "serves", ...preset].map(field).filter(Boolean);
  const ticked = ["organisers", "objectives"];
  const ticks = (name) => [...form.querySelectorAll(`input[name="${name}"]`)];
  const mine = new Set(copied.filter((box) => box.value && !preset.includes(box.name)).map((box) => box.name));
  ticked.filter((name) => ticks(name).some((box) => box.checked)).forEach((name) => mine.add(name));
  form.addEventListener("change", (event) => mine.add(event.target.name));
  const fillIn = (row) => {
    for (const box of copied) {
      const offered = [...box.options].some((option) => option.value === row[box.name]);
      if (!mine.has(box.name) && offered) box.value = row[box.name];
    }
    for (const name of ticked) {
      if (!mine.has(name)) ticks(name).forEach((box) => { box.checked = row[name].includes(Number(box.value)); });
    }
    const empty = grids.every((grid) => linesOf(grid).flatMap(boxesOf).every((box) => !box.value));
    if (!mine.has("mode") && row.audiences.length && empty) {
      field(row.audiences[0] === "total" ? "mode_1" : "mode_0").checked = true;
    }
  };

  const title = field("title");
  if (isNew && known.titles.length) {
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.id = "earlier-titles-hint";
    hint.textContent = titles.dataset.hint;
    title.before(hint);
    title.setAttribute("aria-describedby", `${title.getAttribute("aria-describedby") || ""} ${hint.id}`.trim());
  }
  const done = document.createElement("p");
  done.className = "filled small quiet";
  done.setAttribute("role", "status");
  title.after(done);
  const onward = document.createElement("a");
  onward.textContent = titles.dataset.onward;
  title.addEventListener("input", (event) => {
    if (event.isDraft) { showRows(null); return; }  // a draft brings all of its own boxes
    const row = isNew && earlier();
    if (row) {
      fillIn(row);
      showRows(row.audiences);
      const grid = field("mode_1").checked ? totalOnly : byAudience;
      const first = linesOf(grid).find((line) => !line.hidden);
      onward.href = `#${boxesOf(first)[0].id}`;
      done.replaceChildren(`${titles.dataset.done} `, onward);
    } else if (done.hasChildNodes()) {
      done.replaceChildren();
      showRows(null);
    }
  });

  /* Coming into a box that is filled already takes all of it, so that one types over it; the tap that
     led there would put the cursor into the middle. */
  let entered = null;
  form.addEventListener("focusin", (event) => {
    entered = event.target.matches(".grid input, #id_when") ? event.target : null;
    entered?.select();
  });
  form.addEventListener("click", (event) => {
    if (event.target === entered && entered.selectionStart === entered.selectionEnd) entered.select();
    entered = null;
  });

  form.addEventListener("input", saySoon);
  form.addEventListener("change", saySoon);
  grids.forEach((grid) => {
    grid.addEventListener("input", () => add(grid));
    grid.addEventListener("keydown", (event) => move(grid, event));
    add(grid);
  });
  showRows(isNew || linesOf(byAudience).flatMap(boxesOf).every((box) => !box.value) ? earlier()?.audiences : null);
  say();
})();
