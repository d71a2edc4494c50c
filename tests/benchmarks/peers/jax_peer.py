"""The benchmark's steps in JAX: jit and vmap, Adam from optax."""
import argparse
import os

import numpy as np

import workloads as W


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--workload", required=True, choices=["sinusoid", "protonet", "maml"])
    parser.add_argument("--form", default="batched")
    parser.add_argument("--inner-steps", type=int)
    parser.add_argument("--tasks", type=int)
    parser.add_argument("--width", type=int)
    parser.add_argument("--threads", type=int, default=1)
    a = parser.parse_args()
    if a.threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax
    import jax.numpy as jnp
    import optax

    def glorot(random, shape):
        fan_in = int(np.prod(shape[1:])) if len(shape) > 2 else shape[0]
        return jnp.asarray(random.standard_normal(shape) * (2.0 / fan_in) ** 0.5, jnp.float32)

    def mlp(p, x):
        h = jax.nn.relu(x @ p[0] + p[1])
        h = jax.nn.relu(h @ p[2] + p[3])
        return h @ p[4] + p[5]

    def features(p, x):  # x [B, C, S, S]
        for block in range(4):
            weight, bias, gain, shift = p[4 * block : 4 * block + 4]
            x = jax.lax.conv_general_dilated(x, weight, (1, 1), "SAME", dimension_numbers=("NCHW", "OIHW", "NCHW"))
            x = x + bias[:, None, None]
            mean, variance = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)
            x = (x - mean) * jax.lax.rsqrt(variance + 1e-5) * gain[:, None, None] + shift[:, None, None]
            x = jax.nn.relu(x)
            x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        return x.reshape(x.shape[0], -1)

    def conv_parameters(random, filters, outputs):
        p, channels = [], 1
        for _ in range(4):
            p += [glorot(random, (filters, channels, 3, 3)), jnp.zeros(filters), jnp.ones(filters), jnp.zeros(filters)]
            channels = filters
        return p + ([glorot(random, (filters, outputs)), jnp.zeros(outputs)] if outputs else [])

    def cross_entropy(logits, labels):
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()

    def adapted_loss(inner_loss, outer_loss, inner_rate, inner_steps):
        def of(theta, xs, ys, xq, yq):
            phi = theta
            for _ in range(inner_steps):
                grads = jax.grad(inner_loss)(phi, xs, ys)
                phi = jax.tree_util.tree_map(lambda v, g: v - inner_rate * g, phi, grads)
            return outer_loss(phi, xq, yq)

        return lambda theta, xs, ys, xq, yq: jax.vmap(of, (None, 0, 0, 0, 0))(theta, xs, ys, xq, yq).mean()

    random = np.random.default_rng(0)
    if a.workload == "sinusoid":
        w = W.SINUSOID
        hidden = a.width or w["hidden"]
        shapes = [(1, hidden), (hidden,), (hidden, hidden), (hidden,), (hidden, 1), (1,)]
        theta = [jnp.asarray(random.standard_normal(shape) * 0.01, jnp.float32) for shape in shapes]
        mse = lambda p, x, y: ((mlp(p, x) - y) ** 2).mean()
        loss_of = adapted_loss(mse, mse, w["inner_rate"], a.inner_steps or 1)
        batch = lambda: W.sinusoid_batch(random, a.tasks)
    else:
        w = W.PROTONET if a.workload == "protonet" else W.MAML
        tasks = 1 if a.workload == "protonet" else (a.tasks or w["tasks"])
        filters = a.width or w["filters"]
        batches = W.image_batches(random, tasks, w["ways"], w["shots"], w["queries"], w["size"])
        state = [0]

        def batch():
            state[0] += 1
            xs, ys, xq, yq = batches[state[0] % len(batches)]
            return (xs[0], ys[0], xq[0], yq[0]) if a.workload == "protonet" else (xs, ys, xq, yq)

        if a.workload == "protonet":
            theta = conv_parameters(random, filters, None)

            def loss_of(p, xs, ys, xq, yq):
                z = features(p, jnp.concatenate([xs, xq]))
                zs, zq = z[: xs.shape[0]], z[xs.shape[0] :]
                prototypes = zs.reshape(w["ways"], w["shots"], -1).mean(1)
                return cross_entropy(-((zq[:, None] - prototypes[None]) ** 2).sum(-1), yq)
        else:
            theta = conv_parameters(random, filters, w["ways"])
            ce = lambda p, x, y: cross_entropy(features(p, x) @ p[-2] + p[-1], y)
            loss_of = adapted_loss(ce, ce, w["inner_rate"], a.inner_steps or w["inner_steps"])

    optimizer = optax.adam(w["outer_rate"])

    @jax.jit
    def update(theta, moments, xs, ys, xq, yq):
        loss, grads = jax.value_and_grad(loss_of)(theta, xs, ys, xq, yq)
        changes, moments = optimizer.update(grads, moments)
        return optax.apply_updates(theta, changes), moments, loss

    carried = [theta, optimizer.init(theta)]

    def step():
        carried[0], carried[1], loss = update(carried[0], carried[1], *batch())
        return loss

    W.serve(step, f"JAX {jax.__version__}")


main()
