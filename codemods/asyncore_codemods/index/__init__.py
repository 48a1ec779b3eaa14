"""Which classes exist and what their bases are, across the files of a project."""

from asyncore_codemods.index.builder import build_index
from asyncore_codemods.index.modules import Module
from asyncore_codemods.index.project import ClassEntry, Project

__all__ = ["ClassEntry", "Module", "Project", "build_index"]
