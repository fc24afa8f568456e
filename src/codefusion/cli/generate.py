def generate(): pass
import typer
app=typer.Typer()
