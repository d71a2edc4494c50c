"""Trajectories of the reference implementations, as JSON.

pip install gymnasium==1.3.0 && python gymnasium-trajectories.py > gymnasium-trajectories.json
"""

import json

import gymnasium
import numpy


def state_of(env):
    return [float(value) for value in numpy.asarray(env.state).ravel()]


def run(name, start, actions, **options):
    env = gymnasium.make(name, **options).unwrapped
    env.reset(seed=0)
    # Acrobot and MountainCarContinuous keep float32 states after a reset; double precision goes on from these.
    env.state = numpy.array(start, dtype=numpy.float64)
    if name.startswith("Pendulum") or name.startswith("Acrobot"):
        first = env._get_ob() if name.startswith("Acrobot") else env._get_obs()
    else:
        first = start
    rows = []
    for action in actions:
        given = numpy.array([action]) if isinstance(env.action_space, gymnasium.spaces.Box) else int(action)
        observation, reward, terminated, _, _ = env.step(given)
        rows.append(
            {
                "state": state_of(env),
                "observation": [float(value) for value in observation],
                "reward": float(reward),
                "terminated": bool(terminated),
            }
        )
        if terminated:
            break
    return {"name": name, "start": start, "first": [float(v) for v in first], "actions": actions[: len(rows)], "rows": rows}


random = numpy.random.RandomState(7)


def floats(limit, count):
    return [float(numpy.float32(a)) for a in random.uniform(-limit, limit, count)]


print(
    json.dumps(
        {
            "versions": {"gymnasium": gymnasium.__version__, "numpy": numpy.__version__},
            "trajectories": [
                run("CartPole-v1", [0.01, -0.02, 0.03, 0.04], [int(a) for a in random.randint(0, 2, 40)]),
                run("CartPole-v1", [2.3, 1.0, 0.0, 0.0], [1] * 10),
                run("Pendulum-v1", [3.0, -0.5], floats(3, 40)),
                run("Pendulum-v1", [1.0, 7.9], [2.0] * 10),
                run("Acrobot-v1", [0.05, -0.02, 0.03, 0.1], [int(a) for a in random.randint(0, 3, 40)]),
                run("Acrobot-v1", [2.8, 0.3, 1.0, 1.0], [2] * 5),
                run("MountainCar-v0", [-0.5, 0.0], [int(a) for a in random.randint(0, 3, 40)]),
                run("MountainCar-v0", [-1.15, -0.07], [0] * 5),
                run("MountainCar-v0", [0.45, 0.07], [2] * 5),
                run("MountainCarContinuous-v0", [-0.5, 0.0], floats(1, 40)),
                run("MountainCarContinuous-v0", [0.42, 0.05], [1.0] * 5),
            ],
        }
    )
)
