"""PPO on CartPole-v1 in PyTorch, the way single-file implementations write it: the peer of the control benchmark.

One step is one update: 128 steps of 8 copies, 4 epochs of 4 minibatches, 64-64 tanh networks. The environment is Gymnasium's
where it can be imported, else the same equations in plain Python, stepped copy by copy behind the same interface (without
the wrappers in which Gymnasium puts every step).
"""

import argparse
import math
import random
import time

import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical

import workloads as W

try:
    import gymnasium
except ImportError:
    gymnasium = None


class CartPole:
    """CartPole-v1's dynamics (Barto, Sutton, Anderson 1983), limits and reward; truncated after 500 steps."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def reset(self):
        self.state = [self.random.uniform(-0.05, 0.05) for _ in range(4)]
        self.time = 0
        return np.array(self.state, dtype=np.float32), {}

    def step(self, action):
        x, x_dot, theta, theta_dot = self.state
        force = 10.0 if action == 1 else -10.0
        cos, sin = math.cos(theta), math.sin(theta)
        temp = (force + 0.05 * theta_dot * theta_dot * sin) / 1.1
        angular = (9.8 * sin - cos * temp) / (0.5 * (4.0 / 3.0 - 0.1 * cos * cos / 1.1))
        linear = temp - 0.05 * angular * cos / 1.1
        x, x_dot = x + 0.02 * x_dot, x_dot + 0.02 * linear
        theta, theta_dot = theta + 0.02 * theta_dot, theta_dot + 0.02 * angular
        self.state = [x, x_dot, theta, theta_dot]
        self.time += 1
        terminated = abs(x) > 2.4 or abs(theta) > 12 * math.pi / 180
        return np.array(self.state, dtype=np.float32), 1.0, terminated, self.time >= 500, {}


def make_environment(seed):
    if gymnasium is None:
        return CartPole(seed)
    environment = gymnasium.make("CartPole-v1")
    environment.reset(seed=seed)
    return environment


def network(outputs, gain):
    layers = [nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, outputs)]
    for layer, scale in zip(layers[::2], [math.sqrt(2), math.sqrt(2), gain]):
        nn.init.orthogonal_(layer.weight, scale)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def ppo(copies=8, length=128, epochs=4, minibatches=4, gamma=0.99, lam=0.95):
    torch.manual_seed(0)
    environments = [make_environment(seed) for seed in range(copies)]
    actor, critic = network(2, 0.01), network(1, 1.0)
    parameters = [*actor.parameters(), *critic.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=2.5e-4, eps=1e-5)
    seen = np.stack([environment.reset()[0] for environment in environments])
    returns, finished = np.zeros(copies), []
    obs = torch.zeros(length, copies, 4)
    actions = torch.zeros(length, copies)
    logs, rewards, values = torch.zeros(length, copies), torch.zeros(length, copies), torch.zeros(length, copies)
    ends, bootstraps = torch.zeros(length, copies), torch.zeros(length, copies)

    def collect():
        nonlocal seen
        for t in range(length):
            now = torch.as_tensor(seen)
            with torch.no_grad():
                distribution = Categorical(logits=actor(now))
                action = distribution.sample()
                logs[t] = distribution.log_prob(action)
                values[t] = critic(now).flatten()
            obs[t], actions[t] = now, action
            chosen = action.numpy()
            after = []
            for copy, environment in enumerate(environments):
                shown, reward, terminated, truncated, _ = environment.step(int(chosen[copy]))
                rewards[t, copy] = reward
                returns[copy] += reward
                ends[t, copy] = float(terminated or truncated)
                bootstraps[t, copy] = 0.0
                if terminated or truncated:
                    if not terminated:  # What a truncated episode would have gone on to earn.
                        with torch.no_grad():
                            bootstraps[t, copy] = critic(torch.as_tensor(shown)[None])[0, 0]
                    finished.append(returns[copy])
                    returns[copy] = 0.0
                    shown = environment.reset()[0]
                after.append(shown)
            seen = np.stack(after)

    def advantages():
        with torch.no_grad():
            following = critic(torch.as_tensor(seen)).flatten()
        result, later = torch.zeros(length, copies), torch.zeros(copies)
        for t in reversed(range(length)):
            goes_on = 1.0 - ends[t]
            delta = rewards[t] + gamma * (following * goes_on + bootstraps[t]) - values[t]
            later = delta + gamma * lam * goes_on * later
            result[t] = later
            following = values[t]
        return result

    def update():
        collect()
        gains = advantages()
        targets = (gains + values).flatten()
        b_obs, b_actions = obs.reshape(-1, 4), actions.flatten()
        b_logs, b_gains = logs.flatten(), gains.flatten()
        size = length * copies // minibatches
        for _ in range(epochs):
            for rows in torch.randperm(length * copies).split(size):
                distribution = Categorical(logits=actor(b_obs[rows]))
                ratio = (distribution.log_prob(b_actions[rows]) - b_logs[rows]).exp()
                gain = b_gains[rows]
                gain = (gain - gain.mean()) / (gain.std() + 1e-8)
                surrogate = torch.min(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()
                error = 0.5 * (critic(b_obs[rows]).flatten() - targets[rows]).square().mean()
                loss = 0.5 * error - surrogate - 0.01 * distribution.entropy().mean()
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, 0.5)
                optimizer.step()
        recent = finished[-100:]
        return float(np.mean(recent)) if recent else 0.0

    return update


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clock", default="wall", choices=["wall", "processor"])
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    environment = "own CartPole" if gymnasium is None else f"Gymnasium {gymnasium.__version__}"
    clock = time.process_time if a.clock == "processor" else time.perf_counter
    W.serve(ppo(), f"PyTorch {torch.__version__}, {environment}", clock)


main()
