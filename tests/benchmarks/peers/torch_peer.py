"""The benchmark's steps in PyTorch: a loop over tasks as learn2learn and higher do it, or batched by hand."""
import argparse

import numpy as np
import torch
import torch.nn.functional as F

import workloads as W


def parameters(shapes, generator):
    out = []
    for shape in shapes:
        fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else 1
        value = torch.randn(shape, generator=generator) * (0.1 if len(shape) == 1 else (2.0 / fan_in) ** 0.5)
        out.append(value.requires_grad_(True))
    return out


def as_tensors(*arrays):
    return [torch.from_numpy(np.ascontiguousarray(a)) for a in arrays]


# --- sinusoid regression: weights are [in, out] -------------------------------------------------------------------
def mlp(p, x):
    h = torch.relu(x @ p[0] + p[1])
    h = torch.relu(h @ p[2] + p[3])
    return h @ p[4] + p[5]


def mlp_batched(p, x):  # weights [T, in, out], biases [T, 1, out]
    h = torch.relu(torch.baddbmm(p[1], x, p[0]))
    h = torch.relu(torch.baddbmm(p[3], h, p[2]))
    return torch.baddbmm(p[5], h, p[4])


def sinusoid(batched, inner_steps, tasks=None, hidden=None):
    w = W.SINUSOID
    hidden = hidden or w["hidden"]
    generator = torch.Generator().manual_seed(0)
    shapes = [(1, hidden), (hidden,), (hidden, hidden), (hidden,), (hidden, 1), (1,)]
    theta = [(torch.randn(shape, generator=generator) * 0.01).requires_grad_(True) for shape in shapes]
    optimizer = torch.optim.Adam(theta, lr=w["outer_rate"])
    random = np.random.default_rng(0)

    def one_task(xs, ys, xq, yq):
        phi = theta
        for _ in range(inner_steps):
            loss = F.mse_loss(mlp(phi, xs), ys)
            grads = torch.autograd.grad(loss, phi, create_graph=True)
            phi = [v - w["inner_rate"] * g for v, g in zip(phi, grads)]
        return F.mse_loss(mlp(phi, xq), yq)

    def all_tasks(xs, ys, xq, yq):
        t = xs.shape[0]
        phi = [v.expand(t, *v.shape) if v.dim() == 2 else v.expand(t, 1, *v.shape) for v in theta]
        for _ in range(inner_steps):
            loss = ((mlp_batched(phi, xs) - ys) ** 2).mean((1, 2)).sum()
            grads = torch.autograd.grad(loss, phi, create_graph=True)
            phi = [v - w["inner_rate"] * g for v, g in zip(phi, grads)]
        return ((mlp_batched(phi, xq) - yq) ** 2).mean((1, 2)).mean()

    def step():
        xs, ys, xq, yq = as_tensors(*W.sinusoid_batch(random, tasks))
        optimizer.zero_grad()
        if batched:
            loss = all_tasks(xs, ys, xq, yq)
        else:
            loss = torch.stack([one_task(xs[i], ys[i], xq[i], yq[i]) for i in range(xs.shape[0])]).mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


# --- four convolutions ---------------------------------------------------------------------------------------------
def conv_shapes(filters, outputs=None):
    shapes, channels = [], 1
    for _ in range(4):
        shapes += [(filters, channels, 3, 3), (filters,), (filters,), (filters,)]
        channels = filters
    return shapes + ([(filters, outputs), (outputs,)] if outputs else [])


def conv_parameters(filters, outputs, generator):
    theta = parameters(conv_shapes(filters, outputs), generator)
    with torch.no_grad():
        for block in range(4):
            theta[4 * block + 1].zero_()
            theta[4 * block + 2].fill_(1.0)
            theta[4 * block + 3].zero_()
    return theta


def features(p, x):
    for block in range(4):
        weight, bias, gain, shift = p[4 * block : 4 * block + 4]
        x = F.conv2d(x, weight, bias, padding=1)
        x = F.batch_norm(x, None, None, gain, shift, training=True)
        x = F.max_pool2d(F.relu(x), 2)
    return x.flatten(1)


def features_batched(p, x, tasks):  # x [B, T*C, S, S]; weights [T*O, C, 3, 3]
    for block in range(4):
        weight, bias, gain, shift = (v.flatten(0, 1) for v in p[4 * block : 4 * block + 4])
        x = F.conv2d(x, weight, bias, padding=1, groups=tasks)
        x = F.batch_norm(x, None, None, gain, shift, training=True)
        x = F.max_pool2d(F.relu(x), 2)
    return x.reshape(x.shape[0], tasks, -1).transpose(0, 1)  # [T, B, features]


def protonet():
    w = W.PROTONET
    generator = torch.Generator().manual_seed(0)
    theta = conv_parameters(w["filters"], None, generator)
    optimizer = torch.optim.Adam(theta, lr=w["outer_rate"])
    batches = W.image_batches(np.random.default_rng(0), 1, w["ways"], w["shots"], w["queries"], w["size"])
    batches = [as_tensors(*(a[0] for a in batch)) for batch in batches]
    count = [0]

    def step():
        xs, ys, xq, yq = batches[count[0] % len(batches)]
        count[0] += 1
        optimizer.zero_grad()
        z = features(theta, torch.cat([xs, xq]))
        zs, zq = z[: len(xs)], z[len(xs) :]
        prototypes = zs.reshape(w["ways"], w["shots"], -1).mean(1)
        logits = -((zq[:, None] - prototypes[None]) ** 2).sum(-1)
        loss = F.cross_entropy(logits, yq)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def maml(batched, tasks=None, inner_steps=None, filters=None):
    w = W.MAML
    tasks, inner_steps, filters = tasks or w["tasks"], inner_steps or w["inner_steps"], filters or w["filters"]
    generator = torch.Generator().manual_seed(0)
    theta = conv_parameters(filters, w["ways"], generator)
    optimizer = torch.optim.Adam(theta, lr=w["outer_rate"])
    batches = W.image_batches(np.random.default_rng(0), tasks, w["ways"], w["shots"], w["queries"], w["size"])
    batches = [as_tensors(*batch) for batch in batches]
    count = [0]

    def one_task(xs, ys, xq, yq):
        phi = theta
        for _ in range(inner_steps):
            loss = F.cross_entropy(features(phi, xs) @ phi[-2] + phi[-1], ys)
            grads = torch.autograd.grad(loss, phi, create_graph=True)
            phi = [v - w["inner_rate"] * g for v, g in zip(phi, grads)]
        return F.cross_entropy(features(phi, xq) @ phi[-2] + phi[-1], yq)

    def logits_of(phi, x):  # x [T, B, 1, S, S]
        z = features_batched(phi, x.transpose(0, 1).flatten(1, 2), tasks)
        return torch.baddbmm(phi[-1][:, None], z, phi[-2])

    def all_tasks(xs, ys, xq, yq):
        phi = [v.expand(tasks, *v.shape) for v in theta]
        for _ in range(inner_steps):
            loss = F.cross_entropy(logits_of(phi, xs).flatten(0, 1), ys.flatten()) * tasks
            grads = torch.autograd.grad(loss, phi, create_graph=True)
            phi = [v - w["inner_rate"] * g for v, g in zip(phi, grads)]
        return F.cross_entropy(logits_of(phi, xq).flatten(0, 1), yq.flatten())

    def step():
        xs, ys, xq, yq = batches[count[0] % len(batches)]
        count[0] += 1
        optimizer.zero_grad()
        if batched:
            loss = all_tasks(xs, ys, xq, yq)
        else:
            loss = torch.stack([one_task(xs[i], ys[i], xq[i], yq[i]) for i in range(tasks)]).mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--workload", required=True, choices=["sinusoid", "protonet", "maml"])
    parser.add_argument("--form", default="batched", choices=["loop", "batched"])
    parser.add_argument("--inner-steps", type=int)
    parser.add_argument("--tasks", type=int)
    parser.add_argument("--width", type=int)
    parser.add_argument("--threads", type=int, default=1)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    if a.workload == "sinusoid":
        step = sinusoid(a.form == "batched", a.inner_steps or 1, a.tasks, a.width)
    elif a.workload == "protonet":
        step = protonet()
    else:
        step = maml(a.form == "batched", a.tasks, a.inner_steps, a.width)
    W.serve(step, f"PyTorch {torch.__version__}")


main()
