def info(): pass
import typer
app=typer.Typer()
