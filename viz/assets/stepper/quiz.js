// The quiz: the backward pass with its numbers hidden. One question per contribution, and one more
// where a gradient adds up; hints come from the rule, then the numbers, then the answer.

const MOST_QUESTIONS = 24;
const TOLERANCE = 0.01;

plugins.quiz = function (app) {
  const panel = element('div', 'quiz');
  app.addTab('quiz', 'Quiz', panel);
  const quiz = { app, panel, running: false, place: 0, solved: new Map(), totalled: new Set(), hints: 0, tries: 0 };
  app.hidden = (kind, what) => quiz.running && isHidden(quiz, kind, what);
  app.on('numbers', () => { quiz.questions = questionsOf(app); });
  app.on('step', () => quiz.running && quiz.away && showAway(quiz));
  // The rule beside the equation is the first hint, so it waits.
  app.on('paint', () => {
    switchClass(app.root, 'quizzing', quiz.running);
    switchClass(app.root, 'withheld', quiz.running && isWithheld(quiz));
  });
  app.on('tab', (name) => name === 'quiz' && !panel.childNodes.length && showStart(quiz));
  if (app.state.tab === 'quiz') showStart(quiz);
};

// Every contribution of a single number; of very many some, evenly spread.
function questionsOf(app) {
  const asked = [];
  app.model.steps.forEach((step, place) => {
    const { contribution, after } = app.stepNumbers(place + 1);
    const isNumber = typeof contribution === 'number' && Number.isFinite(contribution) && Number.isFinite(after);
    if (step.phase === 'backward' && step.edge !== undefined && isNumber) asked.push(place + 1);
  });
  const count = Math.min(MOST_QUESTIONS, asked.length);
  return Array.from({ length: count }, (_, k) => asked[Math.floor((k * asked.length) / count)]);
}

// ---------------------------------------------------------------------------- what is hidden

function isHidden(quiz, kind, what) {
  const current = quiz.questions[quiz.place];
  if (kind === 'grad') return isOpenGradient(quiz, what);
  if (kind === 'pill') return quiz.app.figure.links[what].edges.some((edge) => isOpenEdge(quiz, edge));
  if (kind === 'sent') return isOpenEdge(quiz, what);
  if (!kind.startsWith('part:') || quiz.app.step(what).phase !== 'backward') return false;
  const part = kind.slice(5);
  if (what > current) return ['upstream', 'local', 'contribution', 'before', 'after'].includes(part);
  if (!quiz.questions.includes(what)) return false;
  if (part === 'local') return !quiz.solved.has(what) && !(what === current && quiz.hints >= 2);
  if (part === 'contribution') return !quiz.solved.has(what);
  return part === 'after' && !quiz.totalled.has(what);
}

function isWithheld(quiz) {
  const current = quiz.questions[quiz.place];
  const { step } = quiz.app.state;
  return step > current || (step === current && !quiz.solved.has(current) && quiz.hints === 0);
}

// Whether a contribution is still to be found: it, and all that come after the present question.
function isOpenEdge(quiz, edge) {
  const k = quiz.app.model.steps.findIndex((step) => step.edge === edge && step.phase === 'backward') + 1;
  return k > quiz.questions[quiz.place] || (quiz.questions.includes(k) && !quiz.solved.has(k));
}

function isOpenGradient(quiz, node) {
  const { app } = quiz;
  return app.stepsOf(node).some((k) => k <= app.state.step && app.step(k).phase === 'backward' && isHidden(quiz, 'part:after', k));
}

// ------------------------------------------------------------------------ start, question, end

function quizButton(words, act, className) {
  const button = element('button', className || 'plain', words);
  button.type = 'button';
  button.addEventListener('click', act);
  return button;
}

function showStart(quiz) {
  const count = quiz.questions.length;
  if (!count) {
    quiz.panel.replaceChildren(element('p', 'hint', 'The quiz asks for single numbers; in this graph no single number is passed back.'));
    return;
  }
  const words = count === 1 ? 'one gradient is hidden' : count + ' gradients are hidden';
  quiz.panel.replaceChildren(
    element('p', 'ask', 'Can you do the chain rule?'),
    element('p', 'hint', 'In the backward pass ' + words + '. Find them, one contribution at a time; a hint is never far.'),
    quizButton('Start', () => startQuiz(quiz), 'plain strong'));
}

function startQuiz(quiz) {
  const { app } = quiz;
  const choices = app.root.querySelector('.choice[aria-label="step by"]');
  if (choices && choices.value !== 'edge') {
    choices.value = 'edge';
    choices.dispatchEvent(new Event('change'));
  }
  Object.assign(quiz, { running: true, place: 0, solved: new Map(), totalled: new Set() });
  ask(quiz);
}

function ask(quiz) {
  const { app } = quiz;
  Object.assign(quiz, { hints: 0, tries: 0, stage: 'contribution', away: true });
  app.stop();
  app.goto(quiz.questions[quiz.place]);
  showQuestion(quiz);
}

// What the present question asks for, and the two numbers it is made of.
function wantedIn(quiz) {
  const k = quiz.questions[quiz.place];
  const now = quiz.app.stepNumbers(k);
  if (quiz.stage === 'contribution') return { answer: now.contribution, parts: [now.upstream, now.local], sign: ' \u00d7 ' };
  return { answer: now.after, parts: [now.before, now.contribution], sign: ' + ' };
}

function showQuestion(quiz) {
  const { app, panel } = quiz;
  const step = app.step(quiz.questions[quiz.place]);
  const [source, target] = app.model.edges[step.edge];
  const [own, reader] = [app.nameOf(source), app.nameOf(target)];
  const isFirst = quiz.stage === 'contribution';
  const question = isFirst ? 'What does ' + reader + ' send back to ' + own + '?' : 'It adds up: what is ' + own + '.grad now?';
  const formula = isFirst ? [reader + '.grad \u00d7 ', fraction(app, target, source)] : [own + '.grad before + this contribution'];
  const field = element('input', 'answer');
  Object.assign(field, { type: 'text', inputMode: 'text', autocomplete: 'off', spellcheck: false, placeholder: 'such as \u22120.5 or 1/2' });
  field.setAttribute('aria-label', question);
  const form = element('form', 'entry', [field, quizSubmit('Answer')]);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    judge(quiz, field);
  });
  quiz.feedback = element('p', 'feedback');
  quiz.feedback.setAttribute('aria-live', 'polite');
  quiz.hinted = element('ul', 'hints');
  quiz.hinted.setAttribute('aria-live', 'polite');
  quiz.hintButton = quizButton('Hint', () => hint(quiz));
  quiz.returning = quizButton('Back to the question', () => app.goto(quiz.questions[quiz.place]));
  quiz.returning.hidden = true;
  panel.replaceChildren(scoreLine(quiz), element('p', 'ask', question), element('p', 'rule', formula), form,
    element('div', 'buttons', [quiz.hintButton, quizButton('Skip', () => skip(quiz)), quizButton('Stop', () => stopQuiz(quiz)), quiz.returning]),
    quiz.feedback, quiz.hinted);
  field.focus({ preventScroll: true });
}

function quizSubmit(words) {
  const button = element('button', 'plain strong', words);
  button.type = 'submit';
  return button;
}

function scoreLine(quiz) {
  const own = [...quiz.solved.values()].filter((how) => how === 'alone').length;
  const line = element('p', 'score', [
    element('span', '', 'Question ' + (quiz.place + 1) + ' of ' + quiz.questions.length), element('span', '', own + ' found without a hint')]);
  return line;
}

function showAway(quiz) {
  if (quiz.returning) quiz.returning.hidden = quiz.app.state.step === quiz.questions[quiz.place];
}

function stopQuiz(quiz) {
  quiz.running = false;
  quiz.away = false;
  quiz.app.repaint();
  showStart(quiz);
}

function showEnd(quiz) {
  const { app, panel, solved } = quiz;
  const count = (wanted) => [...solved.values()].filter((how) => how === wanted).length;
  quiz.running = false;
  quiz.away = false;
  app.goto(app.model.steps.length);
  const told = [[count('alone'), 'found alone'], [count('helped'), 'found with a hint'], [count('shown'), 'shown']].filter(([n]) => n);
  const done = element('p', 'ask', count('alone') === solved.size ? 'All found, without a single hint.' : 'That was the whole backward pass.');
  const again = quizButton('Once more', () => startQuiz(quiz), 'plain strong');
  done.setAttribute('role', 'status');
  panel.replaceChildren(done, element('p', 'hint', told.map(([n, words]) => n + ' ' + words).join(', ') + '.'), again);
  again.focus({ preventScroll: true });
}

// ------------------------------------------------------------------------------- answering

// The numbers on the page have four digits, so an answer made of them may be off by as much.
function isClose(typed, answer, parts) {
  const parted = parts.reduce((sum, part) => sum + Math.abs(part), 0);
  const slack = TOLERANCE * Math.abs(answer) + (answer === 0 ? 0 : 1e-3 * Math.min(parted, Math.abs(answer))) + 1e-12;
  return Math.abs(typed - answer) <= slack;
}

function judge(quiz, field) {
  const typed = typedNumber(field.value);
  const { answer, parts, sign } = wantedIn(quiz);
  const isRight = isClose(typed, answer, parts);
  field.setAttribute('aria-invalid', String(!isRight));
  if (!isRight) {
    quiz.tries += 1;
    write(quiz.feedback, field.value.trim() ? wrongWords(quiz, typed) : 'Type a number first.');
    quiz.feedback.className = 'feedback wrong';
    field.select();
    return;
  }
  finish(quiz, 'Right: ' + productWords(parts, sign, answer), quiz.hints ? 'helped' : 'alone');
}

function productWords(parts, sign, answer) {
  const [first, second] = parts.map((part) => number(part));
  return first + sign + (/^\u2212/.test(second) ? '(' + second + ')' : second) + ' = ' + number(answer) + '.';
}

// What went wrong, as far as the number tells.
function wrongWords(quiz, typed) {
  const { answer, parts } = wantedIn(quiz);
  const [first, second] = parts;
  const is = (x) => Number.isFinite(x) && isClose(typed, x, [x]);
  if (Number.isNaN(typed)) return 'That is not a number. Type one, such as 0.5, \u22122e\u22123 or 1/2.';
  if (answer !== 0 && is(-answer)) return 'The size is right, the sign is not.';
  if (quiz.stage === 'contribution') {
    if (is(second)) return 'That is the local derivative alone. Multiply it by the gradient that arrives.';
    if (is(first)) return 'That is the gradient that arrives. Multiply it by the local derivative.';
    if (is(first + second)) return 'Along a path the chain rule multiplies; it does not add.';
  } else {
    if (is(second)) return 'That is this contribution alone. Add it to what has come before.';
    if (is(first)) return 'That is what was there before. Add this contribution.';
    if (is(first * second)) return 'Different paths add up; they are not multiplied.';
  }
  return quiz.tries > 1 ? 'Not yet. A hint may help.' : 'Not yet.';
}

function finish(quiz, words, how) {
  const { app } = quiz;
  const k = quiz.questions[quiz.place];
  const step = app.step(k);
  const order = ['alone', 'helped', 'shown'];
  const worst = Math.max(order.indexOf(how), order.indexOf(quiz.solved.get(k) || 'alone'));
  quiz.solved.set(k, order[worst]);
  // A first contribution is the whole sum so far, so there is nothing more to ask.
  const addsUp = quiz.stage === 'contribution' && step.arrival > 1;
  if (!addsUp) quiz.totalled.add(k);
  const isLast = quiz.place === quiz.questions.length - 1;
  const next = quizButton(addsUp ? 'Now add it up' : isLast ? 'Finish' : 'Next', () => {
    if (addsUp) {
      Object.assign(quiz, { stage: 'total', hints: 0, tries: 0 });
      showQuestion(quiz);
    } else if (isLast) showEnd(quiz);
    else {
      quiz.place += 1;
      ask(quiz);
    }
  }, 'plain strong');
  const told = element('p', 'feedback right', words);
  const reason = step.reason === undefined ? null : element('p', 'hint', app.model.reasons[step.reason]);
  told.setAttribute('role', 'status');
  quiz.panel.replaceChildren(scoreLine(quiz), told, ...(reason && quiz.stage === 'contribution' ? [reason] : []), next);
  if (app.state.step !== k) app.goto(k);
  else app.repaint();
  next.focus({ preventScroll: true });
}

function skip(quiz) {
  const { answer, parts, sign } = wantedIn(quiz);
  finish(quiz, 'Here it is: ' + productWords(parts, sign, answer), 'shown');
}

// First the rule, then the numbers, then the answer.
function hint(quiz) {
  const { app } = quiz;
  const step = app.step(quiz.questions[quiz.place]);
  const [source, target] = app.model.edges[step.edge];
  const { parts, answer, sign } = wantedIn(quiz);
  quiz.hints += 1;
  const line = element('li');
  if (quiz.stage === 'total') line.append(...totalHint(quiz, parts, sign, answer));
  else if (quiz.hints === 1) {
    const why = step.reason === undefined ? '' : app.model.reasons[step.reason];
    line.append(...(step.formula ? [fraction(app, target, source), ' = ' + readable(step.formula) + '. '] : []), why);
  } else if (quiz.hints === 2) line.append(app.nameOf(target) + '.grad is ' + number(parts[0]) + ', ', fraction(app, target, source), ' is ' + number(parts[1]) + '.');
  else line.append(productWords(parts, sign, answer));
  quiz.hinted.append(line);
  quiz.hintButton.disabled = quiz.hints >= 3;
  app.repaint();
}

function totalHint(quiz, parts, sign, answer) {
  if (quiz.hints === 1) return ['Contributions over different paths add up.'];
  if (quiz.hints === 2) return ['Before it was ' + number(parts[0]) + ', and ' + number(parts[1]) + ' came.'];
  return [productWords(parts, sign, answer)];
}
