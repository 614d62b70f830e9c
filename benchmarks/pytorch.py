#!/usr/bin/env python3
"""The cases of MiniDL.Benchmarks.Cases in PyTorch, eager and compiled, in a table of the same form.

python3 benchmarks/pytorch.py [--device cpu|cuda] [--filter TEXT] [--minutes N] [--tf32] [--no-compile]

Beside MiniDL on the same card:
dotnet run -c Release --project benchmarks/MiniDL.Benchmarks -- --quick --device cuda && python3 benchmarks/pytorch.py --device cuda
"""
import argparse
import functools
import statistics
import sys
import time

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError:
    sys.exit("pytorch.py: PyTorch is not installed here; MiniDL does not need it. To compare the two, install it: https://pytorch.org/get-started/locally")

BLOCKS, ENOUGH_SECONDS, BLOCK_SECONDS, ENOUGH_TO_CALIBRATE = 7, 10, 0.06, 0.02
FLOAT_BYTES = 4


class Case:
    """prepare(device, wrap) gives what is timed; wrap compiles what computes, or leaves it as it is."""

    def __init__(self, name, prepare, unit="", work=0, for_cards=False):
        self.name, self.prepare, self.unit, self.work, self.for_cards = name, prepare, unit, work, for_cards

    def rate(self, microseconds):
        return f"{self.work / microseconds / 1e3:.1f} {self.unit}" if self.unit else ""


def binary(rows, columns):
    def prepare(device, wrap):
        a, b = torch.randn(rows, columns, device=device), torch.randn(rows, columns, device=device)
        f = wrap(lambda a, b: a + b)
        return lambda: f(a, b)
    return prepare


def in_memory(name, passes, rows, columns, op):
    def prepare(device, wrap):
        x = torch.randn(rows, columns, device=device)
        f = wrap(op)
        return lambda: f(x)
    return Case(name, prepare, "GB/s", FLOAT_BYTES * passes * rows * columns)


def matmul(name, n, for_cards=False):
    def prepare(device, wrap):
        a, b = torch.randn(n, n, device=device), torch.randn(n, n, device=device)
        f = wrap(lambda a, b: a @ b)
        return lambda: f(a, b)
    return Case(name, prepare, "GFLOP/s", 2 * n ** 3, for_cards)


def forward_and_backward(operands, dy, op):
    for x in operands:
        x.requires_grad_()

    def step():
        op(*operands).backward(dy)
        for x in operands:
            x.grad = None
    return step


def conv(name, n, channels, outs, side):
    def prepare(device, wrap):
        operands = [torch.randn(s, device=device) for s in ((n, channels, side, side), (outs, channels, 3, 3), (outs,))]
        dy = torch.randn(n, outs, side, side, device=device)
        return forward_and_backward(operands, dy, wrap(lambda x, w, b: F.conv2d(x, w, b, padding=1)))
    return Case(name, prepare, "GFLOP/s", 3 * 2 * n * outs * side * side * channels * 9)


def attention(name, backward):
    batch, heads, length, width = 4, 8, 512, 64

    def prepare(device, wrap):
        qkv = [torch.randn(batch, heads, length, width, device=device) for _ in range(3)]
        f = wrap(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True))
        if not backward:
            return lambda: f(*qkv)
        return forward_and_backward(qkv, torch.randn(batch, heads, length, width, device=device), f)
    return Case(name, prepare, "GFLOP/s", (7 if backward else 2) * batch * heads * length * length * width)


def adam(name, tensors, length):
    def prepare(device, wrap):
        parameters = [nn.Parameter(torch.randn(length, device=device)) for _ in range(tensors)]
        for p in parameters:
            p.grad = torch.randn(length, device=device)
        return wrap(torch.optim.Adam(parameters, lr=1e-3).step)
    return Case(name, prepare, "GB/s", FLOAT_BYTES * 7 * tensors * length)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.attention_norm, self.mlp_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = self.qkv(self.attention_norm(x)).reshape(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(batch, length, width))
        return x + self.mlp(self.mlp_norm(x))


class Gpt(nn.Module):
    def __init__(self, vocabulary, length, width, heads, depth):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.tokens(x) + self.positions.weight))).flatten(0, 1)


def training(name, make, make_x, classes, targets):
    def prepare(device, wrap):
        model, x, y = make().to(device), make_x().to(device), torch.randint(classes, (targets,)).to(device)
        optimizer, f = torch.optim.Adam(model.parameters(), lr=1e-3), wrap(model)

        def step():
            F.cross_entropy(f(x), y).backward()
            optimizer.step()
            optimizer.zero_grad()
        return step
    return Case(name, prepare)


def mlp():
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


CASES = [
    Case("add 2x2", binary(2, 2)),
    in_memory("copy 16M", 2, 4096, 4096, torch.clone),
    Case("add 16M", binary(4096, 4096), "GB/s", FLOAT_BYTES * 3 * 4096 * 4096),
    in_memory("exp 16M", 2, 4096, 4096, torch.exp),
    in_memory("sum over rows 4096x4096", 1, 4096, 4096, lambda x: x.sum(1)),
    in_memory("softmax 8192x1024", 2, 8192, 1024, lambda x: x.softmax(-1)),
    in_memory("layer norm 8192x1024", 2, 8192, 1024, lambda x: F.layer_norm(x, (1024,))),
    matmul("matmul 512³", 512), matmul("matmul 1024³", 1024), matmul("matmul 4096³", 4096, for_cards=True),
    conv("conv 3→64 32x32 n32 fwd+bwd", 32, 3, 64, 32), conv("conv 64→128 16x16 n32 fwd+bwd", 32, 64, 128, 16),
    attention("causal attention 4·8·512·64", backward=False), attention("causal attention 4·8·512·64 fwd+bwd", backward=True),
    adam("Adam step 4M", tensors=16, length=1 << 18),
    training("train MLP 784-512-256-10 b128", mlp, lambda: torch.randn(128, 784), 10, 128),
    training("train LeNet 28x28 b64", lenet, lambda: torch.randn(64, 1, 28, 28), 10, 64),
    training("train GPT 4x128 b16 t128", lambda: Gpt(256, 128, 128, 4, 4), lambda: torch.randint(256, (16, 128)), 256, 16 * 128),
]


class Timing:
    """The time of a piece of work, from blocks of many runs."""

    def __init__(self, case, device, wrap):
        torch.manual_seed(1)
        self.work, self.device, self.blocks = case.prepare(device, wrap), device, []
        self.seconds(3)
        self.runs = 1
        while (seconds := self.seconds(self.runs)) < ENOUGH_TO_CALIBRATE:
            self.runs *= 2
        self.runs = max(int(BLOCK_SECONDS / seconds * self.runs), 1)

    def block(self):
        self.blocks.append(self.seconds(self.runs) * 1e6 / self.runs)

    def seconds(self, count):
        start = time.perf_counter()
        for _ in range(count):
            self.work()
        if self.device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - start


def row(name, cells):
    print(f"| {name:38} | " + " | ".join(f"{t:>13} | {r:>16}" for t, r in cells) + " |", flush=True)


def cell(case, timing):
    if timing is None:
        return "-", ""
    microseconds = statistics.median(timing.blocks)
    return f"{microseconds:,.2f}" if microseconds < 100 else f"{microseconds:,.0f}", case.rate(microseconds)


def prepare(case, device, mode, wrap, failures):
    try:
        return Timing(case, device, wrap)
    except Exception as error:  # one case that a version of PyTorch cannot do leaves the others
        failures.append(f"{case.name} {mode}: {type(error).__name__}: {error}")
        return None


def precision(device, tf32):
    """Sets one precision for products and convolutions, and says which: PyTorch's own default is TF32 for convolutions alone."""
    if device != "cuda":
        return "float32"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    return "TF32 in products and convolutions" if tf32 else "float32, TF32 off in products and convolutions alike"


def main():
    parser = argparse.ArgumentParser(description="MiniDL's benchmark cases in PyTorch")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--filter", default="", help="only cases with this in their name")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin nothing new after so many minutes")
    parser.add_argument("--tf32", action="store_true", help="let products and convolutions round to TF32 (MiniDL computes in float32)")
    parser.add_argument("--no-compile", action="store_true", help="eager only")
    options = parser.parse_args()
    device, start = options.device, time.monotonic()
    if device == "cuda" and not torch.cuda.is_available():
        sys.exit("pytorch.py: PyTorch sees no CUDA device here")
    name = torch.cuda.get_device_name() if device == "cuda" else f"{torch.get_num_threads()} threads"
    print(f"PyTorch {torch.__version__} on {device}: {name}; {precision(device, options.tf32)}")
    modes = {"eager": lambda f: f}
    if not options.no_compile and hasattr(torch, "compile"):
        modes["compiled"] = functools.partial(torch.compile, dynamic=False)  # each size gets its own kernels
    else:
        print("without torch.compile" + ("" if options.no_compile else ", which this version does not have"))
    print(f"Float32; medians of {BLOCKS} blocks (fewer after {ENOUGH_SECONDS} s), the device synchronized at the end of each\n")
    row("case", [(f"{mode} µs", "rate") for mode in modes])
    row("-" * 38, [("-" * 12 + ":", "-" * 15 + ":") for _ in modes])
    failures = []
    cases = [c for c in CASES if options.filter.lower() in c.name.lower() and (device == "cuda" or not c.for_cards)]
    for i, case in enumerate(cases):
        if time.monotonic() - start > 60 * options.minutes:
            print(f"\nthe time limit of {options.minutes:g} minutes is over; left: {', '.join(c.name for c in cases[i:])}")
            break
        timings = [prepare(case, device, mode, wrap, failures) for mode, wrap in modes.items()]
        begin = time.monotonic()
        for block in range(BLOCKS):
            if block > 0 and time.monotonic() - begin > ENOUGH_SECONDS:
                break
            for timing in timings:
                if timing:
                    timing.block()
        row(case.name, [cell(case, timing) for timing in timings])
    for failure in failures:
        print(f"\n{failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
