"""The paper's own rows, to stand beside ours: Singh et al. 2023, tables 1, 2, 3, 4 and 6.

They are on splits that were never released, so they are shown apart and never compared.
"""

from __future__ import annotations

LANGUAGES = ("python", "bash", "cf")

Tops = tuple[float, float, float]  # top-1, top-3, top-5

# CodeBERTScore, template match, execution match.
TABLE_1: dict[str, tuple[Tops, Tops, Tops]] = {
    "T5 (770M, fine-tuned)": ((80.4, 82.3, 84.8), (67.1, 68.9, 70.3), (71.1, 73.4, 74.6)),
    "CodeT5 (770M, fine-tuned)": ((80.5, 83.1, 85.0), (67.6, 69.3, 70.5), (72.7, 75.3, 75.8)),
    "GPT-3 (175B, 5 shots)": ((82.5, 83.7, 85.8), (66.9, 67.7, 68.4), (70.3, 72.4, 72.8)),
    "ChatGPT (5 shots)": ((80.6, 82.5, 83.9), (66.1, 66.9, 67.8), (70.8, 73.1, 74.5)),
    "StarCoder (15.5B, 5 shots)": ((79.2, 82.0, 84.1), (64.5, 65.3, 66.5), (70.6, 72.8, 74.5)),
    "CodeT5+ (16B, 5 shots)": ((79.6, 82.1, 84.5), (65.7, 66.1, 67.2), (70.5, 72.9, 74.3)),
    "CodeGen (350M, fine-tuned)": ((80.1, 81.8, 83.7), (67.2, 69.2, 70.3), (71.4, 73.7, 75.0)),
    "Diffusion-LM (50M)": ((70.4, 74.3, 76.5), (59.4, 61.6, 62.0), (62.4, 65.5, 68.2)),
    "GENIE (93M)": ((73.2, 77.1, 80.3), (60.0, 61.5, 62.3), (62.9, 66.8, 68.7)),
    "CodeFusion (75M)": ((80.7, 86.3, 90.3), (66.7, 70.2, 72.0), (72.8, 76.7, 78.5)),
}

# Exact match.
TABLE_6: dict[str, tuple[Tops, Tops, Tops]] = {
    "T5 (770M, fine-tuned)": ((5.2, 6.1, 6.7), (13.5, 14.7, 15.2), (63.1, 65.2, 67.6)),
    "CodeT5 (770M, fine-tuned)": ((5.5, 6.4, 7.1), (14.1, 14.9, 15.5), (63.2, 65.7, 67.8)),
    "GPT-3 (175B, 5 shots)": ((7.5, 8.2, 8.8), (12.9, 13.7, 14.4), (60.8, 61.4, 62.7)),
    "ChatGPT (5 shots)": ((5.6, 6.2, 6.5), (12.0, 12.6, 12.9), (62.9, 65.0, 67.6)),
    "StarCoder (15.5B, 5 shots)": ((4.8, 6.0, 6.4), (12.1, 12.5, 13.4), (62.6, 64.8, 66.9)),
    "CodeT5+ (16B, 5 shots)": ((4.9, 6.1, 6.6), (12.3, 12.8, 13.9), (62.8, 64.9, 67.0)),
    "CodeGen (350M, fine-tuned)": ((5.0, 5.9, 6.3), (13.6, 14.9, 15.2), (63.3, 65.4, 67.7)),
    "Diffusion-LM (50M)": ((1.4, 2.3, 2.8), (7.4, 8.6, 9.0), (48.8, 50.4, 53.1)),
    "GENIE (93M)": ((1.7, 2.5, 3.0), (8.0, 9.5, 10.3), (49.5, 52.4, 54.6)),
    "CodeFusion (75M)": ((5.1, 7.2, 9.0), (13.5, 15.3, 16.4), (63.4, 67.6, 69.1)),
}

# Distinct 1 to 4-grams; edit distance least, greatest, mean. Means over the three languages.
TABLE_2: dict[str, tuple[tuple[float, ...], Tops]] = {
    "T5": ((0.29, 0.45, 0.54, 0.60), (0.08, 0.58, 0.36)),
    "CodeT5": ((0.27, 0.41, 0.46, 0.51), (0.08, 0.56, 0.32)),
    "GPT-3": ((0.24, 0.36, 0.42, 0.48), (0.00, 0.28, 0.21)),
    "StarCoder": ((0.32, 0.48, 0.56, 0.61), (0.11, 0.61, 0.39)),
    "CodeGen": ((0.28, 0.41, 0.49, 0.55), (0.09, 0.52, 0.34)),
    "CodeFusion": ((0.53, 0.65, 0.74, 0.81), (0.21, 0.83, 0.57)),
}

# Share of syntactically valid top-1 programs.
TABLE_3: dict[str, Tops] = {
    "Diffusion-LM": (19.5, 40.4, 74.3),
    "GENIE": (24.2, 54.2, 78.6),
    "CodeFusion": (67.6, 73.4, 94.5),
}

# Top-1 by the metrics of table 1.
TABLE_4: dict[str, Tops] = {
    "without the code-generation task": (70.9, 52.3, 64.2),
    "without CPD": (76.7, 61.1, 68.2),
    "grounding": (73.5, 60.5, 63.2),
    "clamping": (77.1, 63.2, 64.4),
    "full": (80.7, 66.7, 72.8),
}
