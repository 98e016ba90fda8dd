"""A small GPT on characters, written the way people write it for PyTorch.

Causal self-attention, blocks with a way around, one matrix for reading and writing letters (weight
tying), weight decay for matrices only, gradient clipping, a learning rate that warms up and falls
along a cosine, and sampling from the k most likely letters.
(A. Radford et al., "Language Models are Unsupervised Multitask Learners", 2019; O. Press and
L. Wolf, "Using the Output Embedding to Improve Language Models", 2016, for the tying.)

Only the import lines differ from the PyTorch program:

    import torch
    from torch import nn, optim
    from torch.nn import functional as F

Run it: ``python examples/torch_programs/gpt.py --steps 300``
"""

import argparse
import math
import time
from dataclasses import dataclass

import autograd as torch
import nn
from nn import functional as F
from nn import optim

TEXT = """
'Twas brillig, and the slithy toves
Did gyre and gimble in the wabe:
All mimsy were the borogoves,
And the mome raths outgrabe.

"Beware the Jabberwock, my son!
The jaws that bite, the claws that catch!
Beware the Jubjub bird, and shun
The frumious Bandersnatch!"

He took his vorpal sword in hand:
Long time the manxome foe he sought,
So rested he by the Tumtum tree,
And stood awhile in thought.

And, as in uffish thought he stood,
The Jabberwock, with eyes of flame,
Came whiffling through the tulgey wood,
And burbled as it came!
"""  # Lewis Carroll, "Jabberwocky" (1871)


# ---------------------------------------------------------------------------------------- model


@dataclass
class GPTConfig:
    block_size: int = 32
    vocab_size: int = 64
    n_layer: int = 2
    n_head: int = 2
    n_embd: int = 48
    dropout: float = 0.0
    bias: bool = True
    flash: bool = True  # F.scaled_dot_product_attention, or every step written out


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.n_embd % config.n_head:
            raise ValueError(f"n_head={config.n_head} does not divide n_embd={config.n_embd}")
        # key, query and value of all heads in one matrix
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.attn_dropout = nn.Dropout(config.dropout)
        self.resid_dropout = nn.Dropout(config.dropout)
        self.n_head = config.n_head
        self.n_embd = config.n_embd
        self.dropout = config.dropout
        self.flash = config.flash
        mask = torch.tril(torch.ones(config.block_size, config.block_size))
        self.register_buffer("mask", mask.view(1, 1, config.block_size, config.block_size))

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(self.n_embd, dim=2)
        k = k.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)  # (B, nh, T, hs)
        q = q.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        v = v.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        if self.flash:
            y = F.scaled_dot_product_attention(
                q, k, v, attn_mask=None, dropout_p=self.dropout if self.training else 0.0,
                is_causal=True,
            )  # fmt: skip
        else:
            att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
            att = att.masked_fill(self.mask[:, :, :T, :T] == 0, float("-inf"))
            att = F.softmax(att, dim=-1)
            y = self.attn_dropout(att) @ v
        y = y.transpose(1, 2).contiguous().view(B, T, C)  # all heads side by side again
        return self.resid_dropout(self.c_proj(y))


class MLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias)
        self.gelu = nn.GELU()
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x):
        return self.dropout(self.c_proj(self.gelu(self.c_fc(x))))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = nn.LayerNorm(config.n_embd)
        self.mlp = MLP(config)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return x


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.transformer = nn.ModuleDict(
            dict(
                wte=nn.Embedding(config.vocab_size, config.n_embd),
                wpe=nn.Embedding(config.block_size, config.n_embd),
                drop=nn.Dropout(config.dropout),
                h=nn.ModuleList([Block(config) for _ in range(config.n_layer)]),
                ln_f=nn.LayerNorm(config.n_embd),
            )
        )
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.transformer.wte.weight = self.lm_head.weight  # weight tying
        self.apply(self._init_weights)
        # what is added to the way around at every layer starts smaller
        for name, p in self.named_parameters():
            if name.endswith("c_proj.weight"):
                nn.init.normal_(p, mean=0.0, std=0.02 / math.sqrt(2 * config.n_layer))

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, mean=0.0, std=0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, mean=0.0, std=0.02)

    def get_num_params(self, non_embedding=True):
        n_params = sum(p.numel() for p in self.parameters())
        if non_embedding:
            n_params -= self.transformer.wpe.weight.numel()
        return n_params

    def forward(self, idx, targets=None):
        device = idx.device
        _, t = idx.size()
        if t > self.config.block_size:
            raise ValueError(f"{t} letters came; at most {self.config.block_size} fit")
        pos = torch.arange(0, t, dtype=torch.long, device=device)
        tok_emb = self.transformer.wte(idx)
        pos_emb = self.transformer.wpe(pos)
        x = self.transformer.drop(tok_emb + pos_emb)
        for block in self.transformer.h:
            x = block(x)
        x = self.transformer.ln_f(x)
        if targets is None:
            return self.lm_head(x[:, [-1], :]), None
        logits = self.lm_head(x)
        loss = F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)
        return logits, loss

    def configure_optimizers(self, weight_decay, learning_rate, betas):
        param_dict = {pn: p for pn, p in self.named_parameters() if p.requires_grad}
        # matrices are pulled towards 0, biases and LayerNorms are not
        decay_params = [p for n, p in param_dict.items() if p.dim() >= 2]
        nodecay_params = [p for n, p in param_dict.items() if p.dim() < 2]
        optim_groups = [
            {"params": decay_params, "weight_decay": weight_decay},
            {"params": nodecay_params, "weight_decay": 0.0},
        ]
        return optim.AdamW(optim_groups, lr=learning_rate, betas=betas)

    @torch.no_grad()
    def generate(self, idx, max_new_tokens, temperature=1.0, top_k=None):
        for _ in range(max_new_tokens):
            idx_cond = idx[:, -self.config.block_size :]
            logits, _ = self(idx_cond)
            logits = logits[:, -1, :] / temperature
            if top_k is not None:
                v, _ = torch.topk(logits, min(top_k, logits.size(-1)))
                logits = logits.masked_fill(logits < v[:, [-1]], -float("inf"))
            probs = F.softmax(logits, dim=-1)
            idx_next = torch.multinomial(probs, num_samples=1)
            idx = torch.cat((idx, idx_next), dim=1)
        return idx


# ----------------------------------------------------------------------------------------- data


class CharData:
    """A text as numbers; the last tenth is kept to look how well the model guesses."""

    def __init__(self, text):
        chars = sorted(set(text))
        self.stoi = {ch: i for i, ch in enumerate(chars)}
        self.itos = {i: ch for ch, i in self.stoi.items()}
        ids = torch.tensor(self.encode(text), dtype=torch.long)
        n = int(0.9 * len(ids))
        self.train, self.val = ids[:n], ids[n:]

    def encode(self, text):
        return [self.stoi[ch] for ch in text]

    def decode(self, ids):
        return "".join(self.itos[i] for i in ids)

    def get_batch(self, split, batch_size, block_size):
        data = self.train if split == "train" else self.val
        ix = torch.randint(len(data) - block_size, (batch_size,))
        x = torch.stack([data[i : i + block_size] for i in ix.tolist()])
        y = torch.stack([data[i + 1 : i + 1 + block_size] for i in ix.tolist()])
        return x, y


# ------------------------------------------------------------------------------------- training


def learning_rate_factor(warmup, steps, least=0.1):
    """Up along a line, then down along a cosine; for LambdaLR."""

    def factor(step):
        if step < warmup:
            return (step + 1) / (warmup + 1)
        ratio = min((step - warmup) / max(1, steps - warmup), 1.0)
        return least + 0.5 * (1.0 + math.cos(math.pi * ratio)) * (1.0 - least)

    return factor


def make_optimizer(model, lr=3e-3, steps=300):
    optimizer = model.configure_optimizers(0.1, lr, betas=(0.9, 0.95))
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, learning_rate_factor(steps // 20, steps))
    return optimizer, scheduler


def train(model, batches, optimizer, scheduler, grad_clip=1.0, report=None):
    """One step for each batch; gives the loss of each."""
    model.train()
    losses = []
    for x, y in batches:
        _, loss = model(x, y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), grad_clip)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
        if report is not None:
            report(len(losses), losses[-1], float(norm), scheduler.get_last_lr()[0])
    return losses


@torch.no_grad()
def estimate_loss(model, data, batch_size, count=10):
    model.eval()
    out = {}
    for split in ["train", "val"]:
        losses = torch.zeros(count)
        for k in range(count):
            _, loss = model(*data.get_batch(split, batch_size, model.config.block_size))
            losses[k] = loss.item()
        out[split] = losses.mean().item()
    model.train()
    return out


def main():
    parser = argparse.ArgumentParser(description="a small GPT on characters")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch-size", type=int, default=12)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--top-k", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    data = CharData(TEXT.strip() + "\n")
    model = GPT(GPTConfig(vocab_size=len(data.stoi))).to(device)
    print(f"{model.get_num_params():,} parameters")
    optimizer, scheduler = make_optimizer(model, args.lr, args.steps)
    start = time.perf_counter()

    def report(step, loss, norm, lr):
        if step == 1 or step % 50 == 0:
            seconds = time.perf_counter() - start
            print(f"step {step}: loss {loss:.4f}  norm {norm:.2f}  lr {lr:.1e}  {seconds:.1f} s")

    block_size = model.config.block_size
    batches = (data.get_batch("train", args.batch_size, block_size) for _ in range(args.steps))
    train(model, batches, optimizer, scheduler, report=report)
    found = estimate_loss(model, data, args.batch_size)
    print(f"train loss {found['train']:.4f}, validation loss {found['val']:.4f}")

    model.eval()
    context = torch.tensor([data.encode("And")], dtype=torch.long, device=device)
    ids = model.generate(context, 120, temperature=args.temperature, top_k=args.top_k)
    print(data.decode(ids[0].tolist()))


if __name__ == "__main__":
    main()
