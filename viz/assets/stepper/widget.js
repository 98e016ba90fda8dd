// What joins the page to the model that a notebook's Python shares with it.

function render({ model, el }) {
  let app = null;
  const follow = () => {
    if (app && app.state.step !== model.get('step')) app.goto(model.get('step'));
  };
  const build = () => {
    el.innerHTML = model.get('page');
    const root = el.querySelector('.glassgrad-stepper');
    const data = root.querySelector('script[type="application/json"]').textContent;
    app = startStepper(root, JSON.parse(data));
    follow();
    app.on('step', (state) => {
      if (state.step === model.get('step')) return;
      model.set('step', state.step);
      model.save_changes();
    });
    app.on('select', (selected) => {
      model.set('selected', selected.map(app.nameOf));
      model.save_changes();
    });
  };
  build();
  model.on('change:step', follow);
  model.on('change:page', build);
  return () => {
    model.off('change:step', follow);
    model.off('change:page', build);
  };
}
export default { render };
