"""Carry out changes on the text of files, with libcst."""
