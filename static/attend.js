/* The attendance grid: sums run along, arrow keys move between the boxes. Without it everything works. */
(() => {
  const number = (box) => (/^\s*\d+\s*$/.test(box.value) ? parseInt(box.value, 10) : null);
  const sum = (boxes) => {
    const known = boxes.map(number).filter((value) => value !== null);
    return known.length ? known.reduce((a, b) => a + b, 0) : null;
  };
  const show = (cell, value) => {
    if (cell) cell.textContent = value === null ? "–" : String(value).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
  };
  document.querySelectorAll(".grid.attend").forEach((grid) => {
    const lines = [...grid.tBodies[0].rows].filter((row) => row.querySelector("input"));
    const rows = lines.map((row) => [...row.querySelectorAll("input")]);
    const add = () => {
      rows.forEach((boxes, i) => show(lines[i].querySelector(".row-sum"), sum(boxes)));
      grid.querySelectorAll(".column-sum").forEach((cell, i) => show(cell, sum(rows.map((boxes) => boxes[i]))));
      show(grid.querySelector(".whole-sum"), sum(rows.flat()));
    };
    grid.addEventListener("input", add);
    grid.addEventListener("keydown", (event) => {
      const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      const step = steps[event.key];
      const row = rows.findIndex((boxes) => boxes.includes(event.target));
      if (!step || row < 0) return;
      const box = event.target;
      const column = rows[row].indexOf(box);
      if (event.key === "ArrowLeft" && box.selectionStart > 0) return;
      if (event.key === "ArrowRight" && box.selectionEnd < box.value.length) return;
      const next = rows[row + step[0]]?.[column + step[1]];
      if (next) { event.preventDefault(); next.focus(); next.select(); }
    });
    add();
  });
})();

/* Choosing the title of an earlier event fills in its kind and place, where nothing is chosen yet. */
(() => {
  const titles = document.getElementById("earlier-titles");
  const title = document.getElementById("id_title");
  if (!titles || !title || !titles.options.length) return;
  const hint = document.createElement("span");
  hint.className = "hint";
  hint.id = "earlier-titles-hint";
  hint.textContent = titles.dataset.hint;
  title.before(hint);
  title.setAttribute("aria-describedby", `${title.getAttribute("aria-describedby") || ""} ${hint.id}`.trim());
  title.addEventListener("input", () => {
    const earlier = [...titles.options].find((option) => option.value === title.value);
    if (!earlier) return;
    for (const name of ["kind", "where"]) {
      const field = document.getElementById(`id_${name}`);
      if (field && !field.value) field.value = earlier.dataset[name];
    }
  });
})();
