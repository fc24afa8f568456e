"""The whole machine at once: train on a few real commands, save, load, sample, compare."""

import json

import pytest

from codefusion.pipeline import load_pipeline
from codefusion.training.recipe import recipe_from
from codefusion.training.run import run

COMMANDS = [
    ("find all python files under the current folder", "find . -name '*.py'"),
    ("find empty files in /tmp", "find /tmp -type f -empty"),
    ("delete all .bak files below here", "find . -name '*.bak' -delete"),
    ("find files larger than 100 megabytes in /var", "find /var -type f -size +100M"),
    ("list files changed in the last day", "find . -type f -mtime -1"),
    ("count the lines of all c files", "find . -name '*.c' | xargs wc -l"),
    ("search for TODO in every file below src", "grep -rn TODO src"),
    ("show lines of log.txt without debug", "grep -v debug log.txt"),
    ("count lines with error in app.log", "grep -c error app.log"),
    ("names of files that contain main", "grep -rl main ."),
    ("pack the folder docs into docs.tar.gz", "tar -czf docs.tar.gz docs"),
    ("unpack backup.tar.gz into /opt", "tar -xzf backup.tar.gz -C /opt"),
    ("list what is in old.tar", "tar -tf old.tar"),
    ("show the ten largest files here", "du -a . | sort -nr | head -n 10"),
    ("disk use of my home folder", "du -sh ~"),
    ("free space on all disks", "df -h"),
    ("sort names.txt and drop repeated lines", "sort names.txt | uniq"),
    ("count how often each line of a.txt occurs", "sort a.txt | uniq -c"),
    ("print the second column of data.csv", "cut -d, -f2 data.csv"),
    ("sum the first column of n.txt", "awk '{s += $1} END {print s}' n.txt"),
    ("replace foo by bar in conf.ini", "sed -i 's/foo/bar/g' conf.ini"),
    ("print lines 5 to 9 of notes", "sed -n '5,9p' notes"),
    ("last 20 lines of syslog", "tail -n 20 /var/log/syslog"),
    ("follow the file server.log", "tail -f server.log"),
    ("make run.sh executable", "chmod +x run.sh"),
    ("give www-data the folder /srv", "chown -R www-data /srv"),
    ("link latest to release-2", "ln -s release-2 latest"),
    ("copy photos to /mnt with all attributes", "cp -a photos /mnt"),
    ("show processes of user root", "ps -u root"),
    ("stop the process 4321", "kill 4321"),
    ("download http://example.com/a.zip", "wget http://example.com/a.zip"),
    ("print the current date as year-month-day", "date +%Y-%m-%d"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("system", "slots", "predict_length"),
    [
        ("diffusion", 0, False),
        ("diffusion", 4, True),
        ("autoregressive", 4, False),
        ("masked", 4, True),
    ],
)
def test_a_model_can_learn_thirty_two_commands_by_heart(tmp_path, system, slots, predict_length):
    rows = [{"utterance": utterance, "code": code} for utterance, code in COMMANDS]
    (tmp_path / "pairs.jsonl").write_text("\n".join(map(json.dumps, rows)))
    recipe = recipe_from(
        {
            "name": "by-heart",
            "threads": 1,
            "data": {
                "language": "bash",
                "folder": str(tmp_path),
                "pairs": [{"path": "pairs.jsonl"}],
            },
            "tokenizer": {"vocab_size": 400, "slots": slots},
            "model": {
                "preset": "tiny",
                "system": system,
                "overrides": {
                    "hidden_size": 64,
                    "num_heads": 4,
                    "feed_forward_size": 128,
                    "embedding_size": 48,
                    "tie_head": True,
                    "predict_length": predict_length,
                    "encoder": {"d_model": 64, "d_kv": 16, "num_heads": 4, "d_ff": 128},
                },
            },
            "pretraining": {"steps": 0},
            "finetuning": {
                "steps": 1200,
                "batch_size": 32,
                "learning_rate": 3e-3,
                "warmup": 30,
                "train_encoder": True,
            },
            "optimization": {"ema_decay": 0.99},
            "monitoring": {"save_every": 0, "log_every": 0},
        }
    )
    for _ in run(recipe, tmp_path / "run"):
        pass
    pipeline = load_pipeline(tmp_path / "run")
    drawn = pipeline(
        [utterance for utterance, _ in COMMANDS], num_samples=5, num_inference_steps=16
    )
    learned = {u: candidates[0].code for (u, _), candidates in zip(COMMANDS, drawn, strict=True)}
    assert learned == dict(COMMANDS)
