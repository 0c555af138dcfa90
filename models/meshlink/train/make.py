"""Writes MeshLink's rule as an ONNX graph, with its card and its golden file.

    pip install -r requirements.txt && python make.py      (in a virtual environment)

Nothing is trained here: the weights are MeshLink's. The same files come out each time.
"""

import hashlib
import json
import random
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

FOLDER = Path(__file__).resolve().parent.parent
OPSET = 17
INPUTS = [
    ("rttMs", "ms", "round trip, smoothed (keeps 0.7 of what was); -1: never measured", -1, 60_000),
    ("uptime", "share", "of the time since we met that the link stood, with a minute of half a link counted in", 0, 1),
    ("answered", "share", "of what the far end was to answer that it answered, smoothed", 0, 1),
    ("carried", "share", "of what the far end was to carry on that was acknowledged, smoothed", 0, 1),
]
WEIGHTS = [0.3, 0.15, 0.3, 0.25]
HALF_AT_MS = 100.0
UNMEASURED = 0.5


def reference(row):
    """The rule in doubles, by hand: what the graph and the app are held to."""
    rtt_ms, uptime, answered, carried = row
    latency = UNMEASURED if rtt_ms < 0 else HALF_AT_MS / (HALF_AT_MS + rtt_ms)
    return sum(weight * part for weight, part in zip(WEIGHTS, (latency, uptime, answered, carried)))


def graph():
    constants = {
        "zero": np.float32(0),
        "half_at_ms": np.float32(HALF_AT_MS),
        "unmeasured": np.float32(UNMEASURED),
        "rtt_column": np.array([0], np.int64),
        "share_columns": np.array([1, 2, 3], np.int64),
        "weights": np.array(WEIGHTS, np.float32).reshape(4, 1),
    }
    nodes = [
        helper.make_node("Gather", ["links", "rtt_column"], ["rtt"], axis=1),
        helper.make_node("Gather", ["links", "share_columns"], ["shares"], axis=1),
        helper.make_node("Less", ["rtt", "zero"], ["is_unmeasured"]),
        # What was never measured is -1 and must not reach the division as it is.
        helper.make_node("Relu", ["rtt"], ["measured"]),
        helper.make_node("Add", ["measured", "half_at_ms"], ["slowness"]),
        helper.make_node("Div", ["half_at_ms", "slowness"], ["quickness"]),
        helper.make_node("Where", ["is_unmeasured", "unmeasured", "quickness"], ["latency"]),
        helper.make_node("Concat", ["latency", "shares"], ["parts"], axis=1),
        helper.make_node("MatMul", ["parts", "weights"], ["scores"]),
    ]
    made = helper.make_graph(
        nodes,
        "meshlink",
        [helper.make_tensor_value_info("links", TensorProto.FLOAT, ["n", len(INPUTS)])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 1])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="wavu")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def golden_rows():
    edges = [
        [-1, 0.5, 0.5, 0.5],
        [0, 1, 1, 1],
        [0, 0, 0, 0],
        [100, 0.5, 0.5, 0.5],
        [1_000, 1, 0, 1],
        [60_000, 0, 1, 0],
        [0.1, 0.999, 0.001, 0.7],
    ]
    luck = random.Random(20_261_120)
    drawn = [
        [round(10 ** luck.uniform(-1, 4), 3), *(round(luck.random(), 6) for _ in range(3))] for _ in range(57)
    ]
    return edges + drawn


def write(name, content):
    text = json.dumps(content, indent=2) + "\n"
    (FOLDER / name).write_text(text, encoding="utf-8")


def main():
    model = graph()
    graph_bytes = model.SerializeToString(deterministic=True)
    (FOLDER / "model.onnx").write_bytes(graph_bytes)
    rows = golden_rows()
    wanted = [reference(row) for row in rows]
    given = ReferenceEvaluator(model).run(None, {"links": np.array(rows, np.float32)})[0][:, 0]
    off = float(np.max(np.abs(given.astype(np.float64) - np.array(wanted))))
    assert off <= 1e-6, off
    write("golden.json", {"rows": rows, "scores": wanted})
    write(
        "card.json",
        {
            "name": "meshlink",
            "is": "MeshLink's rule for links, as src/app/routing/rule.ts has it: not learned from anything",
            "sha256": hashlib.sha256(graph_bytes).hexdigest(),
            "bytes": len(graph_bytes),
            "format": f"ONNX, IR {model.ir_version}, opset {OPSET}",
            "input": {"name": "links", "shape": ["n", len(INPUTS)], "type": "float32"},
            "inputs": [
                {"name": name, "unit": unit, "is": what, "least": least, "most": most}
                for name, unit, what, least, most in INPUTS
            ],
            "output": {
                "name": "scores",
                "shape": ["n", 1],
                "type": "float32",
                "is": "0 to 1, the more the better a link to choose",
            },
            "data": "none",
            "licence": "MIT",
            "scores": {"largest difference from the reference, 64 golden rows": float(f"{off:.2g}")},
            "made": "train/make.py",
        },
    )


if __name__ == "__main__":
    main()
