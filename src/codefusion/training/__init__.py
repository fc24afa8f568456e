"""The two phases of training: recipes, tasks, the loop, and checkpoints."""
