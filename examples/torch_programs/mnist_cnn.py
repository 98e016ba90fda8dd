"""A convolutional network for handwritten digits, written the way people write it for PyTorch.

Only the four import lines below differ from the PyTorch program:

    import torch
    from torch import nn, optim
    from torch.nn import functional as F

Run it: ``python examples/torch_programs/mnist_cnn.py --epochs 3``
"""

import argparse
import time

import autograd as torch
import nn
from nn import functional as F
from nn import optim
from nn.data import digits


class Net(nn.Module):
    def __init__(self, dropout=0.1):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.dropout1 = nn.Dropout(dropout)
        self.dropout2 = nn.Dropout(2 * dropout)
        self.fc1 = nn.Linear(32 * 2 * 2, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.max_pool2d(x, 2)
        x = F.relu(self.conv2(x))
        x = F.max_pool2d(x, 2)
        x = self.dropout1(x)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = self.dropout2(x)
        x = self.fc2(x)
        return F.log_softmax(x, dim=1)


def load_data(device):
    """1,797 scans of 8x8 pixels; every fifth is kept for the test."""
    scans = digits()
    images = torch.tensor(scans.images / 16, dtype=torch.get_default_dtype())
    images = images.unsqueeze(1).to(device)
    labels = torch.tensor(scans.y).to(device)
    test = torch.arange(len(labels)) % 5 == 0
    return (images[~test], labels[~test]), (images[test], labels[test])


def batches(images, labels, batch_size):
    order = torch.randperm(len(images))
    for part in order.split(batch_size, dim=0):
        yield images[part], labels[part]


def train(model, loader, optimizer, device="cpu"):
    """One pass over the batches; gives the loss of each."""
    model.train()
    losses = []
    for data, target in loader:
        data, target = data.to(device), target.to(device)
        optimizer.zero_grad()
        output = model(data)
        loss = F.nll_loss(output, target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@torch.no_grad()
def test(model, images, labels):
    model.eval()
    output = model(images)
    test_loss = F.nll_loss(output, labels, reduction="sum").item() / len(labels)
    pred = output.argmax(dim=1, keepdim=True)
    correct = pred.eq(labels.view_as(pred)).sum().item()
    return test_loss, correct / len(labels)


def make_optimizer(model, lr=2e-3):
    return optim.Adam(model.parameters(), lr=lr)


def main():
    parser = argparse.ArgumentParser(description="a convolutional network for digits")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=5e-3)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train_set, test_set = load_data(device)
    model = Net().to(device)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters on {device}")
    optimizer = make_optimizer(model, args.lr)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)
    start = time.perf_counter()
    for epoch in range(1, args.epochs + 1):
        losses = train(model, batches(*train_set, args.batch_size), optimizer, device)
        test_loss, accuracy = test(model, *test_set)
        scheduler.step()
        print(
            f"epoch {epoch}: train {sum(losses) / len(losses):.4f}  test {test_loss:.4f}  "
            f"accuracy {accuracy:.2%}  {time.perf_counter() - start:.1f} s"
        )


if __name__ == "__main__":
    main()
