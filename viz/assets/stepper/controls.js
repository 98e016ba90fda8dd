// The bar: first, previous, play, next, last, the timeline with its bands, granularity and speed.

const SPEEDS = [0.5, 1, 2, 4];
const GRANULARITIES = {
  edge: 'by contribution',
  op: 'by operation',
  module: 'by module',
  pass: 'whole pass',
};

function buildBar(app) {
  const bar = element('div', 'bar');
  const buttons = {
    first: iconButton('first', 'first step', 'first (Home)', () => app.goto(0)),
    previous: iconButton('previous', 'previous step', 'previous (\u2190)', () => app.previous()),
    play: iconButton('play', 'play', 'play or pause (Space)', () => app.play()),
    next: iconButton('next', 'next step', 'next (\u2192)', () => app.next()),
    last: iconButton('last', 'last step', 'last (End)', () => app.goto(app.model.steps.length)),
  };
  for (const name in buttons) if (name !== 'play') buttons[name].addEventListener('click', () => app.stop());
  const count = element('span', 'count');
  const hasModules = app.model.nodes.some((node) => node.scope);
  const granularity = choice(
    'step by',
    Object.entries(GRANULARITIES).filter(([name]) => name !== 'module' || hasModules),
    'edge',
    (name) => {
      app.state.granularity = name;
      app.repaint();
    },
  );
  const speed = choice(
    'speed',
    SPEEDS.map((times) => [times, times + '\u00d7']),
    1,
    (times) => {
      app.speed = Number(times);
    },
  );
  app.speed = 1;
  bar.append(
    element('div', 'transport', Object.values(buttons)),
    buildTimeline(app),
    count,
    granularity,
    speed,
    buildSearch(app),
  );
  makePlay(app, buttons.play);
  app.on('step', () => {
    const { step } = app.state;
    const last = app.model.steps.length;
    write(count, step + ' / ' + last);
    buttons.first.disabled = buttons.previous.disabled = step === 0;
    buttons.next.disabled = buttons.last.disabled = step === last;
    app.root.dataset.step = step;
  });
  return bar;
}

function choice(label, options, chosen, act) {
  const select = element('select', 'choice');
  select.setAttribute('aria-label', label);
  select.title = label;
  for (const [name, words] of options) {
    const option = element('option', '', words);
    option.value = name;
    select.append(option);
  }
  select.value = chosen;
  select.addEventListener('change', () => act(select.value));
  return select;
}

function buildTimeline(app) {
  const { steps } = app.model;
  const timeline = element('div', 'timeline');
  const bands = element('div', 'bands');
  bands.setAttribute('aria-hidden', 'true');
  const runs = [];
  for (const step of steps) {
    const phase = step.phase === 'seed' ? 'backward' : step.phase;
    if (runs.length && runs[runs.length - 1].phase === phase) runs[runs.length - 1].count += 1;
    else runs.push({ phase, count: 1 });
  }
  for (const run of runs) {
    const band = element('span', 'band ' + run.phase, element('span', 'label', PHASE_WORDS[run.phase]));
    band.style.flexGrow = run.count;
    bands.append(band);
  }
  const rest = element('span', 'rest');
  bands.append(rest);
  const slider = element('input', 'slider');
  Object.assign(slider, { type: 'range', min: 0, max: steps.length, value: 0 });
  slider.setAttribute('aria-label', 'step');
  slider.addEventListener('input', () => {
    app.stop();
    app.goto(nearestStop(app, Number(slider.value)));
  });
  timeline.append(bands, slider);
  app.on('step', () => {
    const { step } = app.state;
    slider.value = step;
    rest.style.left = (steps.length ? (100 * step) / steps.length : 0) + '%';
    slider.setAttribute(
      'aria-valuetext',
      step
        ? 'step ' +
            step +
            ' of ' +
            steps.length +
            ', ' +
            PHASE_WORDS[app.step().phase] +
            ': ' +
            app.text(step)
        : 'start',
    );
  });
  return timeline;
}

function nearestStop(app, k) {
  const stops = app.stops[app.state.granularity];
  return stops.reduce((best, stop) => (Math.abs(stop - k) < Math.abs(best - k) ? stop : best), 0);
}

function makePlay(app, button) {
  let timer = 0;
  app.stop = () => {
    clearTimeout(timer);
    if (!app.state.playing) return;
    app.state.playing = false;
    button.replaceChildren(icon('play'));
    button.setAttribute('aria-label', 'play');
  };
  const tick = () => {
    timer = setTimeout(() => {
      // A cell that was run again takes this page away: nothing may keep running behind it.
      if (!app.root.isConnected) return;
      app.next();
      if (app.state.step >= app.model.steps.length) app.stop();
      else tick();
    }, 1300 / app.speed);
  };
  app.play = () => {
    if (app.state.playing) return app.stop();
    app.state.playing = true;
    button.replaceChildren(icon('pause'));
    button.setAttribute('aria-label', 'pause');
    if (app.state.step >= app.model.steps.length) app.goto(0);
    else app.next();
    if (app.state.step < app.model.steps.length) tick();
    else app.stop();
  };
}
