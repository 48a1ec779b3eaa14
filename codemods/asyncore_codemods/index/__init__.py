"""Which classes exist and what their bases are, across the files of a project."""

from asyncore_codemods.index.modules import Module
from asyncore_codemods.index.project import ClassEntry, Project, build_index

__all__ = ["ClassEntry", "Module", "Project", "build_index"]
