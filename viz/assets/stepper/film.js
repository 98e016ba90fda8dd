// A recorded training: its loss as a curve, its iterations one by one, and what each update did.

const FILM_ROWS = 12;
const FILM_WIDE = 300;
const FILM_HIGH = 92;

plugins.film = function (app, data) {
  const film = { app, data, at: data.home, timer: 0, panel: element('div', 'film') };
  if (!data.frames.length) return;
  // An update's rate is that of its iteration, not the one that the page was made with.
  for (const step of app.model.steps) delete step.rate;
  film.own = ownQuantities(app.model);
  film.parts = filmParts(film);
  app.addTab('film', 'Training', film.panel);
  app.keys[','] = () => turnFilm(film, film.at - 1);
  app.keys['.'] = () => turnFilm(film, film.at + 1);
  app.on('view', () => wordBoxes(film));
  app.on('numbers', (numbers) => {
    if (numbers.own && film.at !== data.home) tellFrame(film, (film.at = data.home));
  });
  tellFrame(film, film.at);
};

function filmParts(film) {
  const { data, panel } = film;
  const parts = { title: element('p', 'title'), curve: lossCurve(film), table: element('table', 'sum moves') };
  const slider = element('input', 'scrub');
  Object.assign(slider, { type: 'range', min: 0, max: data.frames.length - 1, value: film.at });
  slider.setAttribute('aria-label', 'iteration');
  slider.addEventListener('input', () => {
    stopFilm(film);
    turnFilm(film, Number(slider.value));
  });
  parts.slider = slider;
  parts.back = iconButton('previous', 'previous iteration', 'previous iteration (,)', () => turnFilm(film, film.at - 1));
  parts.on = iconButton('next', 'next iteration', 'next iteration (.)', () => turnFilm(film, film.at + 1));
  parts.play = iconButton('play', 'play the training', 'play the training', () => playFilm(film));
  [parts.back, parts.on].forEach((button) => button.addEventListener('click', () => stopFilm(film)));
  panel.append(parts.title, parts.curve.figure, slider,
    element('div', 'transport', [parts.back, parts.play, parts.on]), parts.table);
  for (const note of data.notes) panel.append(element('p', 'hint', note));
  return parts;
}

// ----------------------------------------------------------------------------- the curve

function lossCurve(film) {
  const { frames } = film.data;
  const losses = frames.map((frame) => asNumber(frame.loss));
  const finite = losses.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const first = frames[0].iteration;
  const span = Math.max(1, frames[frames.length - 1].iteration - first);
  const across = (frame) => 8 + (FILM_WIDE - 16) * (frame.iteration - first) / span;
  const up = (loss) => FILM_HIGH - 10 - (FILM_HIGH - 20) * (high > low ? (loss - low) / (high - low) : 0.5);
  let path = '';
  let pen = 'M';
  frames.forEach((frame, place) => {
    if (!Number.isFinite(losses[place])) {
      pen = 'M';
      return;
    }
    path += pen + across(frame).toFixed(1) + ' ' + up(losses[place]).toFixed(1);
    pen = 'L';
  });
  const picture = drawn('svg', { class: 'curve', viewBox: '0 0 ' + FILM_WIDE + ' ' + FILM_HIGH, role: 'img',
    'aria-label': 'loss from ' + number(losses[0]) + ' to ' + number(losses[losses.length - 1]) });
  const dot = drawn('circle', { class: 'dot', r: 4.5 });
  const line = drawn('line', { class: 'at', y1: 4, y2: FILM_HIGH - 4 });
  picture.append(line, drawn('path', { class: 'loss', d: path }), dot);
  const named = (name, loss) => element('span', '', name + ' ' + (finite.length ? number(loss) : 'nan'));
  const figure = element('figure', '', [picture, element('figcaption', '', [named('lowest loss', low), named('highest', high)])]);
  picture.addEventListener('click', (event) => {
    const box = picture.getBoundingClientRect();
    const wanted = FILM_WIDE * (event.clientX - box.left) / box.width;
    const away = frames.map((frame) => Math.abs(across(frame) - wanted));
    stopFilm(film);
    turnFilm(film, away.indexOf(Math.min(...away)));
  });
  const show = (place) => {
    const x = across(frames[place]);
    const loss = losses[place];
    line.setAttribute('x1', x);
    line.setAttribute('x2', x);
    dot.setAttribute('cx', x);
    dot.setAttribute('cy', Number.isFinite(loss) ? up(loss) : 10);
  };
  return { figure, show };
}

// ----------------------------------------------------------------------------- iterations

function turnFilm(film, place) {
  const { app, data } = film;
  const wanted = Math.max(0, Math.min(data.frames.length - 1, place));
  if (wanted === film.at) return;
  film.at = wanted;
  const frame = data.frames[wanted];
  useQuantities(film, frame);
  wordBoxes(film);
  if (wanted === data.home) app.resetNumbers();
  else app.setNumbers({ ...numbersOf(frame), rate: frame.rate });
  tellFrame(film, wanted);
  app.say('iteration ' + frame.iteration + ', loss ' + number(asNumber(frame.loss)));
}

function numbersOf(frame) {
  const updated = {};
  for (const node in frame.updated) {
    if (!Array.isArray(frame.updated[node])) updated[node] = asNumber(frame.updated[node]);
  }
  return { values: frame.values.map(asNumber), locals: frame.locals.map(asNumber), updated };
}

function tellFrame(film, place) {
  const { data, parts } = film;
  const frame = data.frames[place];
  parts.title.replaceChildren(
    element('span', '', 'iteration ' + frame.iteration + ' of ' + data.count),
    element('b', '', 'loss ' + number(asNumber(frame.loss))));
  parts.slider.value = place;
  parts.slider.setAttribute('aria-valuetext', 'iteration ' + frame.iteration + ', loss ' + number(asNumber(frame.loss)));
  parts.back.disabled = place === 0;
  parts.on.disabled = place === data.frames.length - 1;
  parts.curve.show(place);
  tellMoves(film, frame);
}

function playFilm(film) {
  if (film.timer) return stopFilm(film);
  const { data, parts } = film;
  if (film.at === data.frames.length - 1) turnFilm(film, 0);
  parts.play.replaceChildren(icon('pause'));
  parts.play.setAttribute('aria-label', 'pause the training');
  film.timer = setInterval(() => {
    if (!film.app.root.isConnected || film.at === data.frames.length - 1) stopFilm(film);
    else turnFilm(film, film.at + 1);
  }, Math.max(60, Math.min(700, 8000 / data.frames.length)));
}

function stopFilm(film) {
  clearInterval(film.timer);
  film.timer = 0;
  film.parts.play.replaceChildren(icon('play'));
  film.parts.play.setAttribute('aria-label', 'play the training');
}

// ----------------------------------------------------------------------------- updates

function tellMoves(film, frame) {
  const { app, data, parts } = film;
  const rows = [element('caption', '', data.plain ? 'update: w = w \u2212 lr \u00d7 w.grad' + (frame.rate === null ? '' : ', lr = ' + number(frame.rate))
    : 'update: the optimizer\u2019s own steps')];
  for (const [node, name] of data.parameters.slice(0, FILM_ROWS)) {
    const button = element('button', 'line', name);
    button.type = 'button';
    button.addEventListener('click', () => app.select(node));
    const [change, figure] = moveWords(film, frame, node);
    rows.push(element('tr', '', [element('td', '', [button, element('small', '', change)]), element('td', 'figure', figure)]));
  }
  const more = data.parameters.length - FILM_ROWS;
  if (more > 0) rows.push(element('tr', 'later', element('td', '', more + ' more')));
  parts.table.replaceChildren(...rows);
}

// "0.5 - 0.1 x 0.2" and "0.48"; of an array the lengths of the gradient and of the change.
function moveWords(film, frame, node) {
  const { data } = film;
  const now = frame.updated[node];
  if (Array.isArray(now)) {
    const [old, grad] = [frame.data[node], frame.grad[node]];
    const change = frame.changes[node];
    const share = change !== undefined && old[1] ? '; moved by ' + number(Math.round(1000 * change / asNumber(old[1])) / 10) + '\u00a0%' : '';
    return [old[0] + share, grad ? '|grad| ' + number(asNumber(grad[1])) : ''];
  }
  const old = asNumber(frame.values[node]);
  const grad = asNumber(frame.grads[node] ?? null);
  const known = grad !== null;
  const bracket = (x) => (x < 0 ? '(' + number(x) + ')' : number(x));
  const words = data.plain && known && frame.rate !== null ? number(old) + ' \u2212 ' + number(frame.rate) + ' \u00d7 ' + bracket(grad)
    : number(old) + ', gradient ' + (known ? number(grad, { signed: true }) : 'not reached');
  return [words, now === undefined ? '' : number(asNumber(now))];
}

// ----------------------------------------------------------------------------- arrays

// What the steps of the page's own iteration say of arrays, to come back to.
function ownQuantities(model) {
  const parts = ['upstream', 'contribution', 'before', 'after', 'value', 'old'];
  return model.steps.map((step) => parts.map((part) => [part, step[part]]));
}

function useQuantities(film, frame) {
  const { app, data, own } = film;
  const { model } = app;
  model.steps.forEach((step, place) => own[place].forEach(([part, quantity]) => {
    if (quantity === undefined) delete step[part];
    else step[part] = quantity;
  }));
  if (!frame.steps || frame === data.frames[data.home]) return;
  film.arrays = film.arrays || model.arrays.length;
  model.arrays.length = film.arrays;
  const put = (step, part, [text, norm]) => {
    const known = Array.isArray(step[part]) ? model.arrays[step[part][0]] : { shape: model.nodes[step.node].shape || [] };
    model.arrays.push({ text, norm, shape: known.shape });
    step[part] = [model.arrays.length - 1];
  };
  for (const [place, part, ...words] of frame.steps) put(model.steps[place], part, words);
  for (const step of model.steps) {
    if (step.phase !== 'update' || !Array.isArray(frame.updated[step.node])) continue;
    put(step, 'old', frame.data[step.node]);
    put(step, 'value', frame.updated[step.node]);
    if (frame.grad[step.node]) put(step, 'after', frame.grad[step.node]);
    step.note = model.nodes[step.node].name + ': ' + frame.data[step.node][0] + ' -> ' + frame.updated[step.node][0];
  }
}

// Arrays stand in the boxes as words; those of the picture are of one iteration only.
function wordBoxes(film) {
  const { app, data } = film;
  const frame = data.frames[film.at];
  if (!app.figure || !frame.data) return;
  for (const box of app.figure.boxes.filter(Boolean)) {
    for (const [row, table] of [['data', frame.data], ['grad', frame.grad]]) {
      const words = table[box.node];
      if (!words || !box.rows[row]) continue;
      sayInstead(box.rows[row], film.at === data.home ? null : words[0]);
      sayInstead(box.rows[row + '-norm'], film.at === data.home ? null : number(asNumber(words[1])));
      const heat = box[row + 'Heat'];
      if (heat) heat.style.visibility = film.at === data.home ? '' : 'hidden';
    }
  }
}

// A row of the picture says something else for a while; null gives it its own words back.
function sayInstead(row, words) {
  if (!row) return;
  if (row.own === undefined) row.own = row.words;
  row.words = words === null ? row.own : words;
}
