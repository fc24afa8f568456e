def evaluate(): pass
import typer
app=typer.Typer()
