# Writes schedules.json and lbfgs.json with PyTorch: python3 training.py, in this folder.
import json

import torch
from torch.optim import lr_scheduler as sched

torch.set_num_threads(1)
VERSION = torch.__version__


def rates(make, steps, base, optimizer="sgd"):
    w = torch.nn.Parameter(torch.zeros(1))
    if optimizer == "adam":
        opt = torch.optim.Adam([w], lr=base)
    else:
        opt = torch.optim.SGD([w], lr=base, momentum=0.9)
    s = make(opt)
    found, momenta = [], []
    for _ in range(steps):
        group = opt.param_groups[0]
        found.append(group["lr"])
        momenta.append(group["betas"][0] if optimizer == "adam" else group["momentum"])
        opt.step()
        s.step()
    return found, momenta


def schedule(script, make, steps=30, base=0.1, optimizer="sgd", momentum=False):
    found, momenta = rates(make, steps, base, optimizer)
    case = {"script": script, "optimizer": optimizer, "rates": found}
    if momentum:
        case["momenta"] = momenta
    return case


schedules = [
    schedule("constant_lr(0.1)", lambda o: sched.ConstantLR(o)),
    schedule("constant_lr(0.1, factor=0.5, total_iters=7)", lambda o: sched.ConstantLR(o, 0.5, 7)),
    schedule("linear_lr(0.1)", lambda o: sched.LinearLR(o)),
    schedule("linear_lr(0.1, start_factor=0.25, end_factor=0.75, total_iters=11)",
             lambda o: sched.LinearLR(o, 0.25, 0.75, 11)),
    schedule("step_lr(0.1, step_size=7)", lambda o: sched.StepLR(o, 7)),
    schedule("step_lr(0.1, step_size=4, gamma=0.7)", lambda o: sched.StepLR(o, 4, 0.7)),
    schedule("multi_step_lr(0.1, [3, 10, 10, 21], gamma=0.5)", lambda o: sched.MultiStepLR(o, [3, 10, 10, 21], 0.5)),
    schedule("exponential_lr(0.1, gamma=0.93)", lambda o: sched.ExponentialLR(o, 0.93)),
    schedule("polynomial_lr(0.1, total_iters=20, power=2)", lambda o: sched.PolynomialLR(o, 20, 2.0)),
    schedule("polynomial_lr(0.1)", lambda o: sched.PolynomialLR(o)),
    schedule("cosine(peak=0.1)", lambda o: sched.CosineAnnealingLR(o, 30)),
    schedule("cosine(peak=0.1, end=0.01)", lambda o: sched.CosineAnnealingLR(o, 30, 0.01)),
    schedule("cosine_restarts(0.1, 7)", lambda o: sched.CosineAnnealingWarmRestarts(o, 7)),
    schedule("cosine_restarts(0.1, 4, t_mult=2, end=0.001)",
             lambda o: sched.CosineAnnealingWarmRestarts(o, 4, 2, 0.001)),
    schedule("linear_lr(0.1, total_iters=5) then exponential_lr(0.1, gamma=0.9)",
             lambda o: sched.SequentialLR(o, [sched.LinearLR(o), sched.ExponentialLR(o, 0.9)], [5])),
    schedule("one_cycle(max=0.1)", lambda o: sched.OneCycleLR(o, 0.1, total_steps=30), momentum=True),
    schedule("one_cycle(max=0.1)", lambda o: sched.OneCycleLR(o, 0.1, total_steps=30), optimizer="adam", momentum=True),
    schedule("one_cycle(max=0.1, pct_start=0.4, anneal=\"linear\", div_factor=10, final_div_factor=100, three_phase=true)",
             lambda o: sched.OneCycleLR(o, 0.1, total_steps=30, pct_start=0.4, anneal_strategy="linear", div_factor=10,
                                        final_div_factor=100, three_phase=True), momentum=True),
]


def network(momentum_or_lr, build, steps):
    """Losses of a small network: 12 rows, full batch."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    x = torch.arange(12, dtype=torch.float32).reshape(12, 1) / 4
    y = torch.sin(x)
    opt, s = build(model.parameters())
    losses = []
    for _ in range(steps):
        def closure():
            opt.zero_grad()
            loss = torch.nn.functional.mse_loss(model(x), y)
            loss.backward()
            return loss
        losses.append(float(opt.step(closure)))
        if s is not None:
            s.step()
    return losses


def with_schedule(optimizer, scheduler):
    def build(parameters):
        opt = optimizer(parameters)
        return opt, scheduler(opt)
    return build


runs = [
    {"script": "sgd(lr=one_cycle(max=0.1))", "losses": network(0, with_schedule(
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), lambda o: sched.OneCycleLR(o, 0.1, total_steps=20)), 20)},
    {"script": "adam(lr=one_cycle(max=0.05))", "losses": network(0, with_schedule(
        lambda p: torch.optim.Adam(p, lr=0.1), lambda o: sched.OneCycleLR(o, 0.05, total_steps=20)), 20)},
    {"script": "adamw(lr=step_lr(0.05, step_size=5, gamma=0.5))", "losses": network(0, with_schedule(
        lambda p: torch.optim.AdamW(p, lr=0.05), lambda o: sched.StepLR(o, 5, 0.5)), 20)},
]

# Every iteration multiplies what rounding left: some fifteen of them agree to four digits, forty to none (with
# lr=0.5 torch's own third loss moves by 1.2 % when one weight moves by an ulp).
lbfgs = [
    {"script": "lbfgs(" + text + ")", "tolerance": tolerance,
     "losses": network(0, lambda p, k=keywords: (torch.optim.LBFGS(p, **k), None), steps)}
    for text, keywords, steps, tolerance in [
        ("", {}, 2, 2e-3),
        ("lr=0.5", {"lr": 0.5}, 2, 1e-4),
        ("max_iter=4", {"max_iter": 4}, 4, 1e-4),
        ("history_size=3, max_eval=7", {"history_size": 3, "max_eval": 7}, 2, 1e-4),
        ("line_search=\"strong_wolfe\"", {"line_search_fn": "strong_wolfe"}, 2, 2e-3),
        ("max_iter=5, line_search=\"strong_wolfe\"", {"max_iter": 5, "line_search_fn": "strong_wolfe"}, 4, 2e-4),
        ("max_iter=1, line_search=\"strong_wolfe\"", {"max_iter": 1, "line_search_fn": "strong_wolfe"}, 6, 1e-5),
    ]
]

with open("schedules.json", "w") as file:
    json.dump({"meta": {"torch": VERSION}, "cases": schedules, "runs": runs}, file, indent=1)
    file.write("\n")
with open("lbfgs.json", "w") as file:
    json.dump({"meta": {"torch": VERSION}, "cases": lbfgs}, file, indent=1)
    file.write("\n")
