"""A variational autoencoder of handwritten digits, written the way people write it for PyTorch.

The encoder gives a normal curve for every picture, the decoder draws a picture from a point of it;
the loss is the picture's binary cross-entropy plus the curve's distance from the standard one.
(D. P. Kingma and M. Welling, "Auto-Encoding Variational Bayes", 2013, appendix B.)

Only the import lines differ from the PyTorch program:

    import torch
    from torch import nn, optim
    from torch.nn import functional as F

Run it: ``python examples/torch_programs/vae.py --epochs 20``
"""

import argparse

import autograd as torch
import nn
from nn import functional as F
from nn import optim
from nn.data import digits


class VAE(nn.Module):
    def __init__(self, pixels=64, hidden=64, latent=4):
        super().__init__()
        self.pixels = pixels
        self.latent = latent
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc21 = nn.Linear(hidden, latent)
        self.fc22 = nn.Linear(hidden, latent)
        self.fc3 = nn.Linear(latent, hidden)
        self.fc4 = nn.Linear(hidden, pixels)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def decode(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, self.pixels))
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x.view(-1, recon_x.size(1)), reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


def load_data():
    return torch.tensor(digits().images / 16, dtype=torch.get_default_dtype()).unsqueeze(1)


def batches(images, batch_size):
    for part in torch.split(torch.randperm(len(images)), batch_size, dim=0):
        yield images[part]


def train(model, loader, optimizer, device="cpu"):
    """One pass over the batches; gives the loss of each, per picture."""
    model.train()
    losses = []
    for data in loader:
        data = data.to(device)
        optimizer.zero_grad()
        recon_batch, mu, logvar = model(data)
        loss = loss_function(recon_batch, data, mu, logvar)
        loss.backward()
        losses.append(loss.item() / len(data))
        optimizer.step()
    return losses


def make_optimizer(model, lr=2e-3):
    return optim.Adam(model.parameters(), lr=lr)


@torch.no_grad()
def sample(model, count):
    """Pictures of points drawn from the standard normal curve."""
    model.eval()
    z = torch.randn(count, model.latent)
    return model.decode(z).cpu().view(count, 8, 8)


def show(picture):
    shades = " .:-=+*#%@"
    for row in picture.tolist():
        print("".join(2 * shades[min(int(10 * pixel), 9)] for pixel in row))


def main():
    parser = argparse.ArgumentParser(description="a variational autoencoder of digits")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    images = load_data()
    model = VAE().to(device)
    optimizer = make_optimizer(model, args.lr)
    for epoch in range(1, args.epochs + 1):
        losses = train(model, batches(images, args.batch_size), optimizer, device)
        if epoch == 1 or epoch % 5 == 0:
            print(f"epoch {epoch}: average loss {sum(losses) / len(losses):.4f}")
    for picture in sample(model, 2):
        show(picture)
        print("-" * 16)


if __name__ == "__main__":
    main()
