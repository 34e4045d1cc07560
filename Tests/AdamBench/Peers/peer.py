"""What CPython, numpy and torch take for the same work: `python3 peer.py WORKLOAD FOLDER`. One line a
figure: the peer where it is not CPython, the name, and the processor's seconds for one unit (a byte of
text, a turn of a loop, an operation), the fewest of several."""
import sys
import time

workload, folder = sys.argv[1], sys.argv[2]


def fewest(count, body, rounds=5):
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        body(count)
        best = min(best, (time.process_time() - start) / count)
    return best


def arithmetic(n):
    a, b = 1.0, 0.0
    for i in range(n):
        a = a * 0.5 + i
        b = b + a - i * 2
    return a + b


def branches(n):
    c = 0
    for i in range(n):
        if i % 3 == 0:
            c = c + 1
        elif c > i:
            c = c - 1
        else:
            c = c + 2
    return c


def add(a, b):
    return a + b


def calls(n):
    s = 0
    for i in range(n):
        s = add(s, i)
    return s


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def recursion(n):
    for _ in range(n):
        fib(15)


def append(n):
    xs = []
    for i in range(n):
        xs.append(i)
    s = 0
    for i in range(n):
        s = s + xs[i]
    return s


def replace(n):
    xs = list(range(100))
    for _ in range(n // 100):
        for i in range(1, 100):
            xs[i] = xs[i - 1] + 1
    return xs[99]


def accumulate(n):
    s, i = 0.0, 1
    while i <= n:
        s += 1 / (i * i)
        i += 1
    return s


def globals_(n):
    text = f"a = 1.0; b = 0.0\nfor i in range({n}):\n  a = a * 0.5 + i\n  b = b + a - i * 2\n"
    exec(compile(text, "loop", "exec"), {})


def parse():
    part = open(folder + "/script.py").read()
    parts, size, i = [], 0, 0
    while size < 1000000:
        parts.append(part.replace("NNN", str(i)))
        size += len(parts[-1])
        i += 1
    text = "\n".join(parts)
    import ast

    print("parse", fewest(1, lambda _: ast.parse(text), 3) / len(text))


def tensors(peer, x, relu):
    y = x * 3

    def repeat(body):
        def loop(n):
            for _ in range(n):
                body()
        return loop

    for name, body in [("x + y", lambda: x + y), ("x * 2", lambda: x * 2), ("relu(x)", relu)]:
        print(f"{peer} {name.replace(' ', '')} {fewest(100000, repeat(body))}")


if workload == "L1":
    parse()
elif workload == "L3":
    for body in (arithmetic, branches, calls, recursion, append, replace, accumulate, globals_):
        count = 50 if body is recursion else 300000
        print(body.__name__.strip("_"), fewest(count, body))
elif workload == "L4":
    try:
        import numpy

        x = numpy.arange(1, 17, dtype=numpy.float32)
        tensors("numpy", x, lambda: numpy.maximum(x, 0))
    except ImportError:
        print("# numpy is not installed")
    try:
        import torch

        torch.set_num_threads(1)
        x = torch.arange(1, 17, dtype=torch.float32)
        tensors("torch", x, lambda: torch.relu(x))
    except ImportError:
        print("# torch is not installed")
