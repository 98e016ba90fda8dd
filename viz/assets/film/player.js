"use strict";
/* Buttons, slider and keys that step through a film.

   root: the element that holds everything; it receives the keys.
   place: the element that receives the controls.
   options.count: number of steps; options.milliseconds: how long a step lasts while playing.
   options.tell(step): the step in words; options.show(step): draws it.
   Returns {go, stop, peek, back, playing}. */
function glassgradPlayer(root, place, options) {
  const last = options.count - 1;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const icons = {
    first: "M5 4v12M15 4l-8 6 8 6z",
    previous: "M14 4l-8 6 8 6z",
    play: "M6 4l10 6-10 6z",
    pause: "M6 4h3v12H6zM11 4h3v12h-3z",
    next: "M6 4l8 6-8 6z",
    last: "M15 4v12M5 4l8 6-8 6z",
  };
  let step = 0;
  let timer = 0;

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    picture.setAttribute("viewBox", "0 0 20 20");
    picture.setAttribute("aria-hidden", "true");
    path.setAttribute("d", icons[name]);
    picture.appendChild(path);
    return picture;
  }

  function button(name, title, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.title = title;
    made.setAttribute("aria-label", title.replace(/ \(.*/, ""));
    made.dataset.act = name;
    made.appendChild(icon(name));
    made.addEventListener("click", act);
    place.appendChild(made);
    return made;
  }

  function render() {
    options.show(step);
    slider.value = step + 1;
    slider.setAttribute("aria-valuetext", options.tell(step));
    count.textContent = step + 1 + " / " + options.count;
    for (const [made, off] of [[first, !step], [previous, !step], [next, step === last], [end, step === last]]) {
      made.setAttribute("aria-disabled", String(off));
    }
  }

  function mark() {
    const playing = timer !== 0;
    root.classList.toggle("playing", playing);
    play.replaceChildren(icon(playing ? "pause" : "play"));
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    play.title = playing ? "Pause (Space)" : "Play (Space)";
  }

  function stop() {
    window.clearInterval(timer);
    timer = 0;
    mark();
  }

  function go(wanted) {
    step = Math.min(last, Math.max(0, wanted));
    render();
  }

  function start() {
    if (last === 0) return;
    if (step === last) go(0);
    timer = window.setInterval(function () {
      if (!root.isConnected) return stop();
      go(step + 1);
      if (step === last) stop();
    }, options.milliseconds);
    mark();
  }

  function move(wanted) {
    stop();
    go(wanted);
  }

  const toggle = () => (timer ? stop() : start());
  const first = button("first", "First (Home)", () => move(0));
  const previous = button("previous", "Previous (Left)", () => move(step - 1));
  const play = button("play", "Play (Space)", toggle);
  const next = button("next", "Next (Right)", () => move(step + 1));
  const end = button("last", "Last (End)", () => move(last));
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = 1;
  slider.max = options.count;
  slider.setAttribute("aria-label", "Step");
  slider.addEventListener("input", () => move(Number(slider.value) - 1));
  const count = document.createElement("span");
  count.className = "count";
  place.append(slider, count);

  const keys = {
    ArrowLeft: () => move(step - 1),
    ArrowRight: () => move(step + 1),
    Home: () => move(0),
    End: () => move(last),
    " ": toggle,
  };

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation(); /* a notebook would take the key for a command */
    const own = event.key === " " && event.target.closest && event.target.closest("button, summary");
    if (keys[event.key] && !own) {
      event.preventDefault();
      keys[event.key]();
    }
  }

  root.addEventListener("keydown", pressed);
  if (root.dataset.alone === "true") {
    /* the only thing on its page, so keys need not be aimed at it */
    document.addEventListener("keydown", function (event) {
      if (event.target === document.body) pressed(event);
    });
  }
  render();
  mark();
  if (!calm) start();
  return {
    go: move,
    refresh: render,
    playing: () => timer !== 0,
    peek: (shown) => options.show(shown),
    back: () => options.show(step),
  };
}
