"""A character model with a two-layer LSTM, written the way people write it for PyTorch.

The hidden state is carried from piece to piece of the text and detached between them, so that the
gradient goes back through one piece only.

Only the import lines differ from the PyTorch program:

    import torch
    from torch import nn, optim
    from torch.nn import functional as F

Run it: ``python examples/torch_programs/char_lstm.py --steps 300``
"""

import argparse

import autograd as torch
import nn
from nn import functional as F
from nn import optim

TEXT = """
The owl and the pussy-cat went to sea
In a beautiful pea-green boat:
They took some honey, and plenty of money
Wrapped up in a five-pound note.
The owl looked up to the stars above,
And sang to a small guitar,
"O lovely pussy, O pussy, my love,
What a beautiful pussy you are,
You are,
You are!
What a beautiful pussy you are!"
"""  # Edward Lear, "The Owl and the Pussy-Cat" (1871)


class CharLSTM(nn.Module):
    def __init__(self, vocab_size, embed_size=24, hidden_size=64, num_layers=2, dropout=0.0):
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.embedding = nn.Embedding(vocab_size, embed_size)
        self.lstm = nn.LSTM(embed_size, hidden_size, num_layers, dropout=dropout, batch_first=True)
        self.fc = nn.Linear(hidden_size, vocab_size)

    def forward(self, x, hidden):
        out, hidden = self.lstm(self.embedding(x), hidden)
        return self.fc(out.contiguous()), hidden

    def init_hidden(self, batch_size):
        weight = next(self.parameters())
        shape = (self.num_layers, batch_size, self.hidden_size)
        return weight.new_zeros(shape), weight.new_zeros(shape)


def load_data():
    """The text as numbers, and both ways of reading them."""
    text = TEXT.strip() + "\n"
    chars = sorted(set(text))
    stoi = {ch: i for i, ch in enumerate(chars)}
    itos = dict(enumerate(chars))
    return torch.tensor([stoi[ch] for ch in text], dtype=torch.long), stoi, itos


def pieces(data, batch_size, seq_length):
    """Pieces of the text, one after the other in every row: inputs, and the same one place on."""
    length = (len(data) - 1) // batch_size
    inputs = data[: batch_size * length].view(batch_size, length)
    targets = data[1 : batch_size * length + 1].view(batch_size, length)
    for i in range(0, length - seq_length + 1, seq_length):
        yield inputs[:, i : i + seq_length], targets[:, i : i + seq_length]


def train(model, batches, optimizer, clip=1.0):
    """One pass over the pieces; gives the loss of each."""
    model.train()
    losses = []
    hidden = None
    for x, y in batches:
        if hidden is None:
            hidden = model.init_hidden(x.size(0))
        hidden = tuple(state.detach() for state in hidden)
        logits, hidden = model(x, hidden)
        loss = F.cross_entropy(logits.view(-1, logits.size(-1)), y.reshape(-1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        losses.append(loss.item())
    return losses


def make_optimizer(model, lr=5e-3):
    return optim.Adam(model.parameters(), lr=lr)


@torch.no_grad()
def sample(model, start, stoi, itos, length=120, temperature=0.8):
    model.eval()
    hidden = model.init_hidden(1)
    text = start
    x = torch.tensor([[stoi[ch] for ch in start]])
    for _ in range(length):
        logits, hidden = model(x, hidden)
        probs = F.softmax(logits[0, -1] / temperature, dim=-1)
        x = torch.multinomial(probs, num_samples=1).unsqueeze(0)
        text += itos[x.item()]
    return text


def main():
    parser = argparse.ArgumentParser(description="a character model with an LSTM")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--lr", type=float, default=5e-3)
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    data, stoi, itos = load_data()
    model = CharLSTM(len(stoi))
    print(model)
    optimizer = make_optimizer(model, args.lr)
    step = 0
    while step < args.steps:
        losses = train(model, pieces(data, batch_size=4, seq_length=24), optimizer)
        step += len(losses)
        if step % 60 < len(losses):
            print(f"step {step}: loss {losses[-1]:.4f}")
    print(sample(model, "The owl", stoi, itos, temperature=args.temperature))


if __name__ == "__main__":
    main()
