"""A small training, run as a program of its own: test_kill.py kills it and starts it again.

    python small_training.py loop|fit CHECKPOINT RESULT [WHERE:TIMES]

WHERE says at which point, reached for how often, it kills itself without warning ("interrupt": it
sends itself what Ctrl-C sends). At the end it writes everything it knows to RESULT, bit by bit.
"""

import json
import os
import signal
import sys
from pathlib import Path

import numpy as np

import autograd
import nn
from autograd import Tensor
from nn.callbacks import Callback
from nn.optim import lr_scheduler
from nn.saving import container, load_checkpoint, save_checkpoint

EPOCHS, BATCH = 12, 8


class Death:
    """Kills this process when a point is reached for the n-th time."""

    def __init__(self, where, times, how):
        self.where, self.left, self.how = where, times, how

    def reached(self, where):
        if where == self.where:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), self.how)


def death_of(words):
    where, _, times = words.partition(":")
    how = getattr(signal, "SIGKILL", signal.SIGTERM) if where != "interrupt" else signal.SIGINT
    return Death(where, int(times or 1), how)


def stand_beside_the_disk(death):
    """Come by at every step of writing a checkpoint."""
    real_write, fsync, replace = container.write_atomically, os.fsync, os.replace
    replaced = []

    def write(path, write, **settings):
        class Half:
            def __init__(self, out):
                self.out = out

            def write(self, content):
                middle = len(content) // 2
                self.out.write(content[:middle])
                self.out.flush()
                death.reached("half written")
                self.out.write(content[middle:])

        death.reached("before write")
        replaced.clear()
        real_write(path, lambda out: write(Half(out)), **settings)
        death.reached("after write")

    def wait_for_disk(descriptor):
        death.reached("before folder" if replaced else "before fsync")
        fsync(descriptor)
        death.reached("after folder" if replaced else "after fsync")

    def put_in_place(*paths):
        death.reached("before replace")
        replace(*paths)
        replaced.append(True)
        death.reached("after replace")

    container.write_atomically, os.fsync, os.replace = write, wait_for_disk, put_in_place


def data():
    generator = np.random.default_rng(0)
    X = generator.normal(size=(37, 6))
    return X, (X.sum(axis=1) > 0).astype(int)


def parts():
    autograd.manual_seed(7)
    model = nn.Sequential(
        nn.Linear(6, 9, generator=1), nn.BatchNorm1d(9), nn.ReLU(),
        nn.Dropout(0.3, generator=np.random.Generator(np.random.SFC64(2))),
        nn.Linear(9, 5, generator=3), nn.Tanh(), nn.Dropout(0.2), nn.Linear(5, 2, generator=4),
    )  # fmt: skip
    return model, nn.Adam(model.parameters(), lr=0.01)


def by_hand(checkpoint, death):
    """The loop that somebody wrote."""
    model, optimizer = parts()
    schedule = lr_scheduler.ExponentialLR(optimizer, 0.9)
    order = np.random.Generator(np.random.Philox(5))
    X, y = data()
    epoch, history = 0, []
    if checkpoint.exists():
        run = load_checkpoint(
            checkpoint, model=model, optimizer=optimizer, schedules=[schedule],
            generators={"order": order},
        )  # fmt: skip
        epoch, history = run["epoch"], run["history"]
    while epoch < EPOCHS:
        rows = order.permutation(len(y))
        for start in range(0, len(y), BATCH):
            part = rows[start : start + BATCH]
            noise = np.random.normal(size=(len(part), 6)) * 0.1  # noqa: NPY002
            loss = nn.functional.cross_entropy(model(Tensor(X[part] + noise)), y[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            death.reached("batch")
        schedule.step()
        epoch += 1
        history.append(loss.item())
        save_checkpoint(
            checkpoint, model=model, optimizer=optimizer, schedules=[schedule],
            run={"epoch": epoch, "history": history}, generators={"order": order},
        )  # fmt: skip
        print(epoch, flush=True)
    return model, optimizer, {"loss": history}, order


def by_fit(checkpoint, death):
    """The loop of the library."""
    model, optimizer = parts()
    order = np.random.default_rng(5)

    class Walker(Callback):
        def on_batch_end(self, run):
            death.reached("batch")
            death.reached("interrupt")

        def on_epoch_end(self, run):
            print(run.epoch, flush=True)

    X, y = data()
    history = nn.fit(
        model, X, y, loss="cross_entropy", optimizer=optimizer, epochs=EPOCHS, batch_size=BATCH,
        seed=order, callbacks=[Walker()], checkpoint=checkpoint, resume=True, progress=False,
        validation=(X[:5], y[:5]),
    )  # fmt: skip
    print(json.dumps({"interrupted": history.interrupted, "epochs": history.epochs}), flush=True)
    if history.interrupted:
        sys.exit(3)
    return model, optimizer, {name: n for name, n in history.items() if name != "seconds"}, order


def in_bits(thing):
    if isinstance(thing, np.ndarray):
        return [str(thing.dtype), list(thing.shape), list(np.argsort(thing.strides)),
                thing.tobytes().hex()]  # fmt: skip
    if isinstance(thing, dict):
        return [[str(key), in_bits(value)] for key, value in thing.items()]
    if isinstance(thing, (list, tuple)):
        return [in_bits(item) for item in thing]
    return thing.hex() if isinstance(thing, float) else repr(thing)


def main(how, checkpoint, result, words="never"):
    np.random.seed(3)  # noqa: NPY002
    death = death_of(words)
    stand_beside_the_disk(death)
    model, optimizer, history, order = {"loop": by_hand, "fit": by_fit}[how](
        Path(checkpoint), death
    )
    everything = {
        "weights": {name: node.data for name, node in model.named_nodes()},
        "optimizer": optimizer.state_dict(),
        "history": history,
        "order": order.bit_generator.state,
        "dropout": model[3].generator.bit_generator.state,
        "default": autograd.creation.default_generator().bit_generator.state,
        "global": np.random.get_state(legacy=False),  # noqa: NPY002
    }
    Path(result).write_text(
        json.dumps(in_bits(everything), default=int, indent=0), encoding="utf-8"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
