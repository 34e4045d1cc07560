# Writes tensors.json with PyTorch: python3 tensors.py, in this folder. Each case: a script's expression in x, its
# value, and the gradient of the sum of its squares by x where it has one.
import json

import torch

X = {
    "m": [[1.0, -2.0, 3.0], [0.5, 4.0, -1.5]],
    "v": [3.0, 1.0, 3.0, -2.0],
    "t": [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, -8.0]]],
    "z": [0.0, 0.0],
    "p": [[0.25, 1.0], [4.0, 9.0]],
    "c": [-2.0, -1.0, 0.0, 1.0, 2.0],
}
T = torch
CASES = [
    ("m", "sum(x)", lambda x: x.sum()), ("m", "sum(x, axis=-1)", lambda x: x.sum(-1)),
    ("m", "sum(x, axis=0, keepdim=true)", lambda x: x.sum(0, keepdim=True)),
    ("t", "sum(x, axis=[0, -1])", lambda x: x.sum((0, -1))), ("t", "mean(x, dim=[1, 2], keepdims=true)", lambda x: x.mean((1, 2), keepdim=True)),
    ("m", "mean(x, axis=1)", lambda x: x.mean(1)), ("m", "var(x, axis=1)", lambda x: x.var(1)),
    ("m", "var(x, correction=0)", lambda x: x.var(correction=0)), ("m", "std(x, axis=-2, keepdim=true)", lambda x: x.std(-2, keepdim=True)),
    ("v", "max(x)", lambda x: x.max()), ("v", "min(x)", lambda x: x.min()), ("m", "max(x, axis=1)", lambda x: x.max(1).values),
    ("m", "min(x, axis=0, keepdim=true)", lambda x: x.min(0, keepdim=True).values),
    ("v", "max(x, 1)", lambda x: T.maximum(x, T.tensor(1.0))), ("v", "min(x, 3)", lambda x: T.minimum(x, T.tensor(3.0))),
    ("v", "max(x, x * x)", lambda x: T.maximum(x, x * x)), ("v", "clamp(x, 1, 3)", lambda x: x.clamp(1, 3)),
    ("v", "clamp(x, max=0)", lambda x: x.clamp(max=0)), ("z", "norm(x)", lambda x: x.norm()),
    ("m", "norm(x)", lambda x: x.norm()), ("m", "norm(x, axis=-1, keepdim=true)", lambda x: x.norm(dim=-1, keepdim=True)),
    ("m", "reshape(x, 3, -1)", lambda x: x.reshape(3, -1)), ("m", "transpose(x)", lambda x: x.T),
    ("t", "transpose(x, 0, -1)", lambda x: x.transpose(0, -1)), ("t", "permute(x, 2, 0, 1)", lambda x: x.permute(2, 0, 1)),
    ("t", "flatten(x)", lambda x: x.flatten(1)), ("m", "unsqueeze(x, 1)", lambda x: x.unsqueeze(1)),
    ("m", "unsqueeze(x, -1)", lambda x: x.unsqueeze(-1)), ("m", "squeeze(unsqueeze(x, 0))", lambda x: x.unsqueeze(0).squeeze()),
    ("m", "squeeze(unsqueeze(x, 2), axis=-1)", lambda x: x.unsqueeze(2).squeeze(-1)),
    ("m", "concat(x, 2 * x, axis=-1)", lambda x: T.cat([x, 2 * x], -1)), ("m", "stack([x, x * x], axis=1)", lambda x: T.stack([x, x * x], 1)),
    ("m", "split(x, 2, axis=1)[0]", lambda x: x.split(2, 1)[0]), ("m", "split(x, 2, axis=-1)[1]", lambda x: x.split(2, -1)[1]),
    ("v", "split(x, [1, 3])[1]", lambda x: x.split([1, 3])[1]), ("m", "gather(x, [[2, 0], [1, 1]], axis=1)", lambda x: x.gather(1, T.tensor([[2, 0], [1, 1]]))),
    ("m", "gather(x, [[1, 0, 1]], axis=0)", lambda x: x.gather(0, T.tensor([[1, 0, 1]]))),
    ("m", "where(x > 0, x, 0.1 * x)", lambda x: T.where(x > 0, x, 0.1 * x)), ("m", "x[:, 1..<3]", lambda x: x[:, 1:3]),
    ("m", "x[-1]", lambda x: x[-1]), ("m", "x[[1, 0, 1]]", lambda x: x[[1, 0, 1]]),
    ("m", "abs(x)", lambda x: x.abs()), ("m", "sign(x)", lambda x: x.sign()), ("m", "exp(x)", lambda x: x.exp()),
    ("p", "log(x)", lambda x: x.log()), ("p", "sqrt(x)", lambda x: x.sqrt()), ("m", "sin(x)", lambda x: x.sin()),
    ("m", "cos(x)", lambda x: x.cos()), ("p", "pow(x, 1.5)", lambda x: x.pow(1.5)), ("p", "pow(2, x)", lambda x: T.pow(2, x)),
    ("m", "x^2", lambda x: x**2), ("p", "x^-1", lambda x: x**-1), ("m", "floor(x)", lambda x: x.floor()), ("m", "round(x)", lambda x: x.round()),
    ("c", "leaky_relu(x)", T.nn.functional.leaky_relu), ("c", "leaky_relu(x, slope=0.2)", lambda x: T.nn.functional.leaky_relu(x, 0.2)),
    ("c", "elu(x)", T.nn.functional.elu), ("m", "elu(x, alpha=0.5)", lambda x: T.nn.functional.elu(x, 0.5)),
    ("c", "selu(x)", T.nn.functional.selu), ("m", "silu(x)", T.nn.functional.silu),
    ("p", "log1p(x)", lambda x: x.log1p()), ("c", "softplus(x)", T.nn.functional.softplus),
    ("m", "softplus(x, beta=2, threshold=1)", lambda x: T.nn.functional.softplus(x, 2, 1)),
    ("m", "l1(x, x * x)", lambda x: T.nn.functional.l1_loss(x, x * x)),
    ("m", "huber(x, x * x)", lambda x: T.nn.functional.huber_loss(x, x * x)),
    ("m", "huber(x, 0 * x, delta=0.3)", lambda x: T.nn.functional.huber_loss(x, 0 * x, delta=0.3)),
    ("m", "nll(log_softmax(x), [2, 0])", lambda x: T.nn.functional.nll_loss(x.log_softmax(1), T.tensor([2, 0]))),
    ("m", "x % 2", lambda x: x % 2), ("m", "x @ transpose(x)", lambda x: x @ x.T),
]
PLAIN = [
    ("zeros(2, 3)", T.zeros(2, 3)), ("ones([2])", T.ones(2)), ("full([2, 2], 1.5)", T.full((2, 2), 1.5)),
    ("arange(4)", T.arange(4.0)), ("arange(1, 2, 0.25)", T.arange(1, 2, 0.25)), ("arange(5, 0, -2)", T.arange(5.0, 0, -2)),
    ("linspace(0, 1, 7)", T.linspace(0, 1, 7)), ("linspace(-1, 3, 1)", T.linspace(-1, 3, 1)), ("eye(3)", T.eye(3)), ("eye(2, 3)", T.eye(2, 3)),
    ("argmax([[1, 5, 5], [7, 2, 1]], axis=1)", T.tensor([[1.0, 5, 5], [7, 2, 1]]).argmax(1)),
    ("argmin([[1, 5], [0, 2]], axis=0, keepdim=true)", T.tensor([[1.0, 5], [0, 2]]).argmin(0, keepdim=True)),
    ("one_hot([2, 0])", T.nn.functional.one_hot(T.tensor([2, 0]))), ("one_hot([1, 0], 4)", T.nn.functional.one_hot(T.tensor([1, 0]), 4)),
    ("sum(zeros(0, 3), axis=0)", T.zeros(0, 3).sum(0)), ("concat(zeros(0, 2), ones(1, 2))", T.cat([T.zeros(0, 2), T.ones(1, 2)])),
    ("sum(int([1, 2, 3]))", T.tensor([1, 2, 3]).sum()), ("int([7, 8]) / 2", T.tensor([7, 8]) / 2),
]


def flat(tensor):
    tensor = tensor.detach().to(torch.float32)
    return {"shape": list(tensor.shape), "values": tensor.flatten().tolist()}


cases = []
for name, script, f in CASES:
    x = torch.tensor(X[name], requires_grad=True)
    y = f(x)
    (y * y).sum().backward()
    cases.append({"x": X[name], "script": script, "value": flat(y), "gradient": flat(x.grad)})
plain = [{"script": script, "value": flat(value)} for script, value in PLAIN]
with open("tensors.json", "w") as file:
    json.dump({"meta": {"torch": torch.__version__}, "cases": cases, "plain": plain}, file)
    file.write("\n")
