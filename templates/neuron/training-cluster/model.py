"""A small transformer that reads bytes and foretells the next one. Replace it, and the training stays the same."""
import torch
from torch import nn


class Block(nn.Module):
    """Attention to what came before, then a thought about it."""

    def __init__(self, length, width):
        super().__init__()
        self.ask = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 3 * width))
        self.answer = nn.Linear(width, width)
        self.think = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.register_buffer("past", torch.full((length, length), -1e4).triu(1))

    def forward(self, x):
        query, key, value = self.ask(x).chunk(3, -1)
        weights = (query @ key.transpose(1, 2) / x.shape[-1] ** 0.5 + self.past).softmax(-1)
        x = x + self.answer(weights @ value)
        return x + self.think(x)


class Model(nn.Module):
    def __init__(self, length, width, layers):
        super().__init__()
        self.bytes, self.places = nn.Embedding(256, width), nn.Parameter(torch.zeros(length, width))
        self.blocks = nn.Sequential(*[Block(length, width) for _ in range(layers)])
        self.next = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 256))

    def forward(self, x):
        return self.next(self.blocks(self.bytes(x) + self.places))
