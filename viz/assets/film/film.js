"use strict";
/* Draws a film of number grids from the data beside it; several views share their steps. */
function glassgradFilm(root) {
  root.dataset.ready = "true";
  const film = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  const part = (name) => root.querySelector("." + name);
  let view = film.views[0];
  let drawn = [];
  let player = null;

  function element(kind, name, text) {
    const made = document.createElement(kind);
    made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const percent = (share) => 100 * share + "%";

  function frame(panel) {
    const box = element("div", "frame");
    const [height, width] = panel.extent;
    const [down, across] = panel.dilation;
    box.style.width = percent(width / panel.columns);
    box.style.height = percent(height / panel.rows);
    let at = 0;
    for (let row = 0; row < height; row += down) {
      for (let column = 0; column < width; column += across) {
        const meant = element("span", panel.apart ? "meant apart" : "meant");
        if (panel.smallFont) meant.textContent = panel.weights[at++];
        meant.style.fontSize = panel.smallFont + "px";
        meant.style.left = percent(column / width);
        meant.style.top = percent(row / height);
        meant.style.width = percent(1 / width);
        meant.style.height = percent(1 / height);
        box.appendChild(meant);
      }
    }
    return box;
  }

  function build(panel) {
    const holder = element("div", "panel");
    if (panel.sign) holder.appendChild(element("span", "sign", panel.sign));
    const figure = element("figure", "");
    const grid = element("div", panel.font ? "grid" : "grid bare");
    grid.setAttribute("role", "img");
    grid.setAttribute("aria-label", panel.title);
    grid.style.setProperty("--columns", panel.columns);
    grid.style.setProperty("--font", panel.font + "px");
    grid.style.width = panel.columns * panel.side + "px";
    grid.style.aspectRatio = panel.columns + " / " + panel.rows;
    const cells = panel.history.map(function (entries, at) {
      const cell = element("span", "cell");
      grid.appendChild(cell);
      if (panel.picked) {
        cell.classList.add("picked");
        cell.addEventListener("click", () => player.go(at));
        cell.addEventListener("pointerenter", () => player.playing() || player.peek(at));
        cell.addEventListener("pointerleave", () => player.playing() || player.back());
      }
      return cell;
    });
    const box = panel.frames.length ? frame(panel) : null;
    if (box) grid.appendChild(box);
    figure.append(element("figcaption", "", panel.title), grid);
    holder.appendChild(figure);
    part("panels").appendChild(holder);
    return { panel, cells, box };
  }

  function fill(cell, entries, step, strongest, letters) {
    let found = null;
    for (const entry of entries) if (entry[0] <= step) found = entry;
    const [, text, level, kind] = found || [0, "", 0, "blank"];
    cell.textContent = text;
    cell.style.setProperty("--letters", Math.max(letters, text.length));
    cell.classList.toggle("plus", level > 0);
    cell.classList.toggle("minus", level < 0);
    cell.classList.toggle("padding", kind === "padding");
    cell.classList.toggle("odd", kind === "odd");
    cell.style.setProperty("--shade", (strongest * Math.abs(level)) / film.levels);
  }

  function show(step) {
    for (const { panel, cells, box } of drawn) {
      const strongest = panel.font ? 0.5 : 0.95;
      cells.forEach((cell, at) => fill(cell, panel.history[at], step, strongest, panel.letters));
      if (box) {
        box.style.left = percent(panel.frames[step][1] / panel.columns);
        box.style.top = percent(panel.frames[step][0] / panel.rows);
      }
    }
    part("caption").textContent = view.captions[step];
    const lines = view.equations[step];
    part("equation").replaceChildren(
      ...lines.map((line, at) => element("div", at + 1 === lines.length ? "result" : "", line)),
    );
    part("live").textContent = root.classList.contains("playing")
      ? ""
      : view.captions[step] + ". " + lines[lines.length - 1];
  }

  function choose(chosen) {
    view = chosen;
    part("lead").textContent = view.lead;
    part("panels").replaceChildren();
    drawn = view.panels.map(build);
    for (const button of part("views").children) {
      button.setAttribute("aria-pressed", String(button.textContent === view.name));
    }
    if (player) player.refresh();
  }

  for (const each of film.views) {
    const button = element("button", "", each.name);
    button.type = "button";
    button.addEventListener("click", () => choose(each));
    part("views").appendChild(button);
  }
  choose(view);
  player = glassgradPlayer(root, part("controls"), {
    count: view.captions.length,
    milliseconds: film.milliseconds,
    tell: (step) => view.captions[step],
    show: show,
  });
}
for (const root of document.querySelectorAll(".glassgrad-convolution:not([data-ready])")) {
  glassgradFilm(root);
}
