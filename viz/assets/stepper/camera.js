// Pan, zoom, fit and the small map; the layout itself never moves.

const READABLE = 0.6;
const MAP_FROM = 100;

function buildCamera(app, view) {
  const camera = { x: 0, y: 0, scale: 1, width: 1, height: 1, top: 0, left: 0 };
  const map = element('canvas', 'map');
  map.setAttribute('aria-hidden', 'true');
  const tools = element('div', 'tools', [
    iconButton('plus', 'zoom in', 'zoom in (+)', () => zoom(1.25)),
    iconButton('minus', 'zoom out', 'zoom out (\u2212)', () => zoom(0.8)),
    iconButton('fit', 'fit the whole graph', 'fit the whole graph (0)', () => fit(true)),
  ]);
  view.append(tools, map);
  let glide = 0;
  let goal = null;
  const stop = () => {
    cancelAnimationFrame(glide);
    goal = null;
  };

  camera.mount = (figure) => {
    const size = figure.svg.viewBox.baseVal;
    const drawing = figure.drawing.getBBox();
    const shift = /translate\(([-\d.]+)[ ,]+([-\d.]+)\)/.exec(
      figure.drawing.getAttribute('transform') || '',
    ) || [0, 0, 0];
    const margin = 26;
    camera.left = Number(shift[1]) + drawing.x - margin;
    camera.top = Number(shift[2]) + drawing.y - margin;
    camera.width = drawing.width + 2 * margin;
    camera.height = drawing.height + 2 * margin;
    camera.shift = { x: Number(shift[1]) - camera.left, y: Number(shift[2]) - camera.top };
    figure.svg.setAttribute(
      'viewBox',
      [camera.left, camera.top, camera.width, camera.height].map((side) => side.toFixed(1)).join(' '),
    );
    figure.svg.setAttribute('width', camera.width);
    figure.svg.setAttribute('height', camera.height);
    size.width = camera.width;
    resize();
    fit(false);
  };

  function resize() {
    const wide = view.clientWidth;
    const [least, most] = app.root.dataset.wide === 'yes' ? [460, 580] : [200, 400];
    const scale = Math.max(Math.min(1.1, wide / camera.width), READABLE);
    view.style.height = Math.round(Math.min(most, Math.max(least, camera.height * scale))) + 'px';
  }

  // Everything if it can be read then, else a readable part of it, which follows the step.
  function fit(all) {
    stop();
    const whole = Math.min(view.clientWidth / camera.width, view.clientHeight / camera.height, 1.15);
    camera.scale = all ? whole : Math.max(whole, READABLE);
    camera.x = (view.clientWidth - camera.width * camera.scale) / 2;
    camera.y = (view.clientHeight - camera.height * camera.scale) / 2;
    clamp();
    place();
    if (!all) follow(true);
  }

  function clamp() {
    const clampAxis = (offset, room, length) =>
      length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, offset));
    camera.x = clampAxis(camera.x, view.clientWidth, camera.width * camera.scale);
    camera.y = clampAxis(camera.y, view.clientHeight, camera.height * camera.scale);
  }

  function place() {
    if (!app.figure) return;
    app.figure.svg.style.transform =
      'translate(' +
      camera.x.toFixed(1) +
      'px,' +
      camera.y.toFixed(1) +
      'px) scale(' +
      camera.scale.toFixed(4) +
      ')';
    drawMap();
  }

  function zoom(factor, at) {
    stop();
    const centre = at || { x: view.clientWidth / 2, y: view.clientHeight / 2 };
    const scale = Math.min(3, Math.max(0.08, camera.scale * factor));
    camera.x = centre.x - ((centre.x - camera.x) * scale) / camera.scale;
    camera.y = centre.y - ((centre.y - camera.y) * scale) / camera.scale;
    camera.scale = scale;
    clamp();
    place();
  }

  // The boxes at work come into view, as smoothly as the reader's settings allow.
  function follow(atOnce) {
    const active = app.figure ? (app.figure.active || []).filter(Boolean) : [];
    if (!active.length) return;
    // A glide may still be under way: what counts is where it leads.
    cancelAnimationFrame(glide);
    const from = { x: camera.x, y: camera.y };
    if (goal) Object.assign(camera, goal);
    const box = around(active);
    const fits =
      box.width * camera.scale <= view.clientWidth && box.height * camera.scale <= view.clientHeight;
    if (!fits) Object.assign(box, around(active.slice(0, 1)));
    const left = box.x * camera.scale + camera.x;
    const top = box.y * camera.scale + camera.y;
    const margin = 14;
    const inside =
      left >= margin &&
      top >= margin &&
      left + box.width * camera.scale <= view.clientWidth - margin &&
      top + box.height * camera.scale <= view.clientHeight - margin;
    if (!inside) {
      camera.x = view.clientWidth / 2 - (box.x + box.width / 2) * camera.scale;
      camera.y = view.clientHeight / 2 - (box.y + box.height / 2) * camera.scale;
      clamp();
    }
    const to = { x: camera.x, y: camera.y };
    if (from.x === to.x && from.y === to.y) return;
    if (atOnce || app.still()) {
      place();
      return;
    }
    goal = to;
    const begun = performance.now();
    const frame = (time) => {
      const share = Math.min(1, Math.max(0, (time - begun) / 280));
      const eased = 1 - (1 - share) ** 3;
      camera.x = from.x + (to.x - from.x) * eased;
      camera.y = from.y + (to.y - from.y) * eased;
      place();
      if (share === 1) goal = null;
      else if (app.root.isConnected) glide = requestAnimationFrame(frame);
    };
    frame(begun);
  }

  function around(boxes) {
    const x = Math.min(...boxes.map((box) => box.x));
    const y = Math.min(...boxes.map((box) => box.y));
    const right = Math.max(...boxes.map((box) => box.x + box.width));
    const bottom = Math.max(...boxes.map((box) => box.y + box.height));
    return { x: x + camera.shift.x, y: y + camera.shift.y, width: right - x, height: bottom - y };
  }

  function drawMap() {
    const { figure } = app;
    map.hidden = !figure || figure.boxes.length <= MAP_FROM;
    if (map.hidden) return;
    const ratio = Math.min(170 / camera.width, 110 / camera.height);
    const fine = window.devicePixelRatio || 1;
    const size = [camera.width * ratio, camera.height * ratio];
    if (map.width !== Math.round(size[0] * fine) || map.height !== Math.round(size[1] * fine)) {
      [map.width, map.height] = size.map((side) => Math.round(side * fine));
      [map.style.width, map.style.height] = size.map((side) => side + 'px');
    }
    const pen = map.getContext('2d');
    const colours = getComputedStyle(app.root);
    pen.setTransform(ratio * fine, 0, 0, ratio * fine, 0, 0);
    pen.clearRect(0, 0, camera.width, camera.height);
    pen.fillStyle = colours.getPropertyValue('--border');
    for (const box of figure.boxes)
      pen.fillRect(box.x + camera.shift.x, box.y + camera.shift.y, box.width, box.height);
    pen.fillStyle = colours.getPropertyValue('--plus');
    for (const box of (figure.active || []).filter(Boolean))
      pen.fillRect(box.x + camera.shift.x - 12, box.y + camera.shift.y - 12, box.width + 24, box.height + 24);
    pen.strokeStyle = colours.getPropertyValue('--ink');
    pen.lineWidth = 1.6 / ratio;
    pen.strokeRect(
      -camera.x / camera.scale,
      -camera.y / camera.scale,
      view.clientWidth / camera.scale,
      view.clientHeight / camera.scale,
    );
  }

  listenToPointers(app, view, camera, { zoom, clamp, place, stop });
  map.addEventListener('pointerdown', jump);
  map.addEventListener('pointermove', (event) => event.buttons && jump(event));
  function jump(event) {
    event.stopPropagation();
    stop();
    const ratio = map.clientWidth / camera.width;
    camera.x = view.clientWidth / 2 - (event.offsetX / ratio) * camera.scale;
    camera.y = view.clientHeight / 2 - (event.offsetY / ratio) * camera.scale;
    clamp();
    place();
  }
  let lastWidth = 0;
  new ResizeObserver(() => {
    if (!app.figure || !view.clientWidth || Math.abs(view.clientWidth - lastWidth) < 2) return;
    lastWidth = view.clientWidth;
    resize();
    fit(false);
  }).observe(view);
  app.on('paint', () => {
    follow();
    drawMap();
  });
  app.on('theme', drawMap);
  app.keys['+'] = app.keys['='] = () => zoom(1.25);
  app.keys['-'] = () => zoom(0.8);
  app.keys['0'] = () => fit(true);
  app.lookAt = (node) => {
    const box = app.figure.boxes[app.figure.boxOf[node]];
    if (!box) return;
    app.figure.active = [box];
    follow();
  };
  return camera;
}
